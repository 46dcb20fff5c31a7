"""The command `dojo examine`: see what the scenarios of a kata see, while you write them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dojo.catalog.kata import Kata
from dojo.cli import learn
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.author.seen.scenarios import Played, Seen

app = typer.Typer(rich_markup_mode=None)

# Of what was printed: an engine's log has hundreds, and what was raised at last ends them.
_MOST_LINES = 80


@app.command()
def examine(
    kata: learn.Name = None,
    scenario: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="Its name, or a task's number.")
    ] = None,
    solutions: Annotated[
        str,
        typer.Option(metavar="WHOSE", help="Beside the reference: learner, a folder or a file."),
    ] = "reference",
    seed: Annotated[str, typer.Option(help="Of the draws; the same each time.")] = "check",
    as_json: learn.AsJson = False,
) -> int:
    """See what the scenarios of a kata do and note: with the reference, then with a solution.

    Each step is a line; below are the differences, and what was printed and raised behind the
    walls, with its traceback. Ends with 0 if the solution is accepted, 1 if it is refused, 4 if the
    reference comes to no end.
    """
    from dojo.author.seen.scenarios import chosen_scenarios, look_on
    from dojo.catalog.solutions import Solutions, SolutionsNotFound
    from dojo.sandbox.client import GuardFault
    from dojo.sandbox.walls import SandboxError

    chosen = learn.choose(learn.catalogue(), kata)
    names = _named(chosen, scenario, chosen_scenarios)
    try:
        content = None
        if solutions != "reference":
            content = Solutions(solutions).file_of(chosen).read_bytes()
        seen = list(look_on(chosen, names, content, seed))
    except (SolutionsNotFound, OSError) as error:
        raise Stop(Exit.USAGE, str(error)) from None
    except (SandboxError, GuardFault) as error:
        raise Stop(Exit.ENVIRONMENT, str(error)) from None
    if as_json:
        learn.print_json({"kata": chosen.id, "scenarios": [_described(one) for one in seen]})
    else:
        for one in seen:
            _tell(show.Screen(), one, solutions)
    if any(one.reference.ended for one in seen):
        return Exit.AUTHOR_ERROR
    return Exit.UNSOLVED if any(one.refuses for one in seen) else Exit.DONE


def _described(seen: Seen) -> dict[str, Any]:
    """Return what `--json` says of a scenario; what was noted is written as Python writes it."""

    def described(played: Played) -> dict[str, Any]:
        noted = {name: repr(value) for name, value in played.noted.items()}
        return {**dataclasses.asdict(played), "noted": noted}

    return {
        "scenario": seen.scenario,
        "tasks": seen.tasks,
        "refused": seen.refuses,
        "reference": described(seen.reference),
        "solution": seen.solution and described(seen.solution),
        "differences": [one.model_dump() for one in seen.differences],
    }


def _named(
    kata: Kata, asked: str | None, chosen: Callable[[Kata, str | None], list[str]]
) -> list[str]:
    """Return the names of the scenarios that are meant.

    Raises:
        Stop: There is none.
    """
    if not kata.exam_file.exists():
        where = show.shown(kata.exam_file)
        raise Stop(Exit.USAGE, f"{kata.id} has no examination here: {where} is not there")
    try:
        names = chosen(kata, asked)
        every = ", ".join(chosen(kata, None))
    except Exception as error:  # the file may raise anything
        said = f"{show.shown(kata.exam_file)} cannot be read: {type(error).__name__}: {error}"
        raise Stop(Exit.AUTHOR_ERROR, said) from None
    if not names:
        raise Stop(Exit.USAGE, f"{asked!r} is no scenario and no task of {kata.id}; it has {every}")
    return names


def _tell(screen: show.Screen, seen: Seen, whose: str) -> None:
    """Print what one scenario saw."""
    tasks = ", ".join(str(one) for one in seen.tasks)
    screen.put(f"{seen.scenario} ({tasks})", "bold")
    _tell_played(screen, "reference", seen.reference)
    if seen.solution is None:
        screen.say()
        return
    _tell_played(screen, whose, seen.solution)
    for one in seen.differences:
        screen.say(f"  differs: {one.what!r} is {one.seen}, expected: {one.expected}", "red")
    screen.say("  refused" if seen.refuses else "  accepted: what it noted is the same", "bold")
    screen.say()


def _tell_played(screen: show.Screen, whose: str, played: Played) -> None:
    screen.put(f"  {whose}")
    for one in played.steps:
        screen.put(f"    {one}")
    parts = (("it came to no end:", played.ended), ("printed behind the walls:", played.printed))
    for title, text in parts:
        if text:
            screen.say(f"    {title}", "dim")
            lines = text.splitlines()
            if more := len(lines[:-_MOST_LINES]):
                screen.say(f"      (--json also says the {more} lines before)", "dim")
            for line in lines[-_MOST_LINES:]:
                screen.put(f"      {line}")
