"""The command of `dojo` that measures what planted wrong answers turn red."""

from __future__ import annotations

import collections
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojo.catalog.kata import Kata
from dojo.cli.grade import chosen_katas
from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.mistakes.measures import Measures

app = typer.Typer(rich_markup_mode=None)


@app.command()
def mistakes(
    katas: Annotated[
        list[str] | None, typer.Argument(metavar="[KATA...]", help="These only: 02 03.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where measures are kept; else in your user's cache.")
    ] = None,
) -> int:
    """Measure which tests each planted wrong answer turns red: 'dojo report' compares with that.

    All katas take minutes. Only what has changed is measured; started again after whatever end, it
    goes on where it was. Ends with 5 if an answer could not be measured, which is said.
    """
    from dojo.catalog.answers import answers_here
    from dojo.mistakes.measures import CannotKeep, Measures

    root = find_root()
    every, named = chosen_katas(root, katas or [])
    chosen = named or every
    told = show.Screen(sys.stderr)
    measures = Measures(out, lambda line: told.say(f"dojo: {line}"))
    try:
        failed = _measure(root, chosen, measures, told)
    except CannotKeep as error:
        raise Stop(Exit.USAGE, str(error)) from None
    for kata, lines in failed.items():
        more = f" (and {len(lines) - 1} more of this kata)" if len(lines) > 1 else ""
        told.say(f"dojo: not measured: {kata} {lines[0]}{more}")
    total = sum(len(answers_here(kata, "wrong")) for kata in chosen)
    known = total - sum(len(measures.missing(kata)) for kata in chosen)
    show.Screen().say(f"{known} of {total} wrong answers are measured, in {measures.file}")
    return Exit.INCOMPLETE if failed else Exit.DONE


def _measure(
    root: Path, katas: list[Kata], measures: Measures, screen: show.Screen
) -> dict[str, list[str]]:
    """Measure what has no measure that holds; return by kata which answers have none yet, and why.

    Raises:
        CannotKeep: The file of measures cannot be written.
        Stop: It was interrupted.
    """
    from dojo.mistakes.measuring import measure_all
    from dojo.warm import Warm

    left = []
    for kata in katas:
        measures.keep(kata, measures.of(kata))  # also what another file has
        left += [(kata, answer) for answer in measures.missing(kata)]
    failed: dict[str, list[str]] = {}
    done = 0

    def note(kata: Kata, answer: Path, why: str) -> None:
        nonlocal done
        done += 1
        if why:
            failed.setdefault(kata.id, []).append(f"{answer.stem}: {why}")
        tell(kata)
        interrupts.raise_lost()

    try:
        with _progress(screen, left) as tell, Warm(root, screen.say) as warm:
            measure_all(left, measures, warm, note)
    except KeyboardInterrupt:
        said = f"interrupted: {len(left) - done} of {len(left)} are left; the same command goes on"
        raise Stop(Exit.INTERRUPTED, said) from None
    return failed


@contextlib.contextmanager
def _progress(
    screen: show.Screen, left: list[tuple[Kata, Path]]
) -> Iterator[Callable[[Kata], None]]:
    """Say how it goes on: a bar with the time left on a terminal, else a line a kata."""
    counts = collections.Counter(kata.id for kata, _ in left)
    waiting = counts.copy()

    def say_kata(kata: Kata) -> None:
        waiting[kata.id] -= 1
        if not waiting[kata.id]:
            done = len(left) - waiting.total()
            screen.say(f"[{done}/{len(left)}] {kata.id}: {counts[kata.id]} answers", "dim")

    if not screen.is_terminal:
        yield say_kata
        return
    from dojo.terminal.bar import progress_bar

    with progress_bar(screen, "measured") as bar:
        whole = bar.add_task("", total=len(left))
        yield lambda _: bar.advance(whole)
