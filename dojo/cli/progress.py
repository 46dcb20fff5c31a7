"""Say what `dojo grade` has found, how its batch goes on, and what came of it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.batch.batch import Watch
    from dojo.grading.results import Result, Results
    from dojo.intake.submission import Collected

_MOST_NAMED = 20


def tell_collected(screen: show.Screen, collected: Collected, root: Path) -> None:
    """Say what is remarkable about what was handed in, before any of it is graded."""
    for line in collected.told:
        screen.say(f"dojo: {line}")
    for kata in {one.kata.id: one.kata for one in collected.submissions}.values():
        if not kata.exam_file.exists():
            place = kata.exam_file.relative_to(root)
            screen.say(
                f"dojo: {kata.id} has no examination here ({place}): its tests alone mark it"
            )
    if left_out := collected.left_out:
        more = f" and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
        screen.say(f"dojo: left out: {', '.join(left_out[:_MOST_NAMED])}{more}")


def report(record: Results, left_out: int) -> int:
    """Print every result and what has none; return how many things were not graded.

    Raises:
        Stop: The grader failed on some.
    """
    screen, told = show.Screen(), show.Screen(sys.stderr)
    for result in record.results:
        screen.say(_line_of(result))
    for line in record.ungraded:
        told.say(f"dojo: not graded: {line}")
    broken = [one for one in record.results if one.verdict == "grader-error"]
    missing = len(broken) + len(record.ungraded)
    graded = f"{len(record.results) - len(broken)} graded"
    screen.say()
    screen.say(
        f"{graded}, {missing} not graded{' (named above)' * bool(missing)}, {left_out} left out"
    )
    if broken:
        raise Stop(
            Exit.ENVIRONMENT,
            f"{len(broken)} of {len(record.results)} could not be graded; {broken[0].advice}",
        )
    return missing


@contextlib.contextmanager
def progress(screen: show.Screen) -> Iterator[Watch]:
    """Say how a batch goes on: a bar with the time left on a terminal, else a line a result."""
    from dojo.batch.batch import Watch

    class Lines(Watch):
        def begins(self, earlier: int, total: int) -> None:
            if earlier:
                screen.say(f"[{earlier}/{total}] graded earlier", "dim")

        def graded(self, result: Result, done: int, total: int) -> None:
            # Not the mark: lateness, attempts and marks by hand have their say at the end.
            said = f"{_shown(result)}  {result.kata}  {result.verdict}"
            line = _line_of(result) if result.verdict == "grader-error" else said
            screen.say(f"[{done}/{total}] {line}", "dim")
            interrupts.raise_lost()

    class Bar(Watch):
        def begins(self, earlier: int, total: int) -> None:
            # Begun anew: earlier results took no time now, they say nothing of what is left.
            bar.reset(whole, total=total, completed=earlier, visible=True)

        def graded(self, result: Result, done: int, total: int) -> None:
            bar.update(whole, completed=done, total=total)
            if result.verdict == "grader-error":
                screen.say(f"[{done}/{total}] {_line_of(result)}")
            interrupts.raise_lost()

    if not screen.is_terminal:
        yield Lines()
        return
    from dojo.terminal.bar import progress_bar

    with progress_bar(screen, "graded") as bar:
        whole = bar.add_task("", total=None, visible=False)
        yield Bar()


def _line_of(result: Result) -> str:
    earned = "-" if result.earned is None else f"{result.earned:g}"
    late = f", days late: {result.late_days}" if result.late_days else ""
    notes = "".join(f"; {note}" for note in result.notes)
    points = f"{earned}/{result.points:g}"
    told = f"{result.verdict}{late}: {result.advice}{notes}"
    return f"{_shown(result)}  {result.kata}  {points}  {told}"


def _shown(result: Result) -> str:
    return "".join(one if one.isprintable() else "?" for one in result.learner)
