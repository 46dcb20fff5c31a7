"""`dojo forget`, and the table that `dojo report --attempts` prints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from dojo.catalog import attempts
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.language.words import WordTable
from dojo.terminal import screen as show

app = typer.Typer(rich_markup_mode=None)

# The table of where a class is stuck.
HEADINGS = WordTable(
    "attempts",
    ("kata", "task", "at it", "stuck", "tries", "hint 3", "mostly red", "not begun"),
)


@app.command()
def forget(
    off: Annotated[
        bool | None, typer.Option("--off/--on", help="Log no more from now on; or log again.")
    ] = None,
) -> int:
    """Remove the log of your attempts, .dojo/attempts.jsonl: which tests were red, and when.

    No line of your files is in it, and nobody is sent it. What you have solved stays known.
    """
    root = find_root()
    screen = show.Screen()
    try:
        was_there = attempts.forget(root, off=off)
    except OSError as error:
        where = show.shown(root / attempts.FILE)
        raise Stop(Exit.ENVIRONMENT, f"{where!r} cannot be changed: {error.strerror}") from None
    screen.say("Your attempts are forgotten." if was_there else "No attempts were logged.")
    if attempts.is_off(root):
        screen.say("New ones are not logged; 'dojo forget --on' changes that.")
    else:
        screen.say("New ones are logged; 'dojo forget --off' changes that.")
    return Exit.DONE


def report_attempts(folder: Path) -> int:
    """Print where a class is stuck, from the attempts that it has handed in.

    Args:
        folder: Has a folder, or a file, a learner.

    Returns:
        `INCOMPLETE` where a file was left out, which is said.

    Raises:
        Stop: Nothing there can be read.
    """
    from dojo.mistakes import stuck

    told = show.Screen(sys.stderr)
    left_out: list[str] = []
    found = stuck.handed_in(folder, left_out.append)
    for line in left_out:
        told.say(f"dojo: {line}")
    if not found:
        said = f"no attempts are in {str(folder)!r}"
        cure = "each learner hands in .dojo/attempts.jsonl: ada/.dojo/attempts.jsonl or ada.jsonl"
        raise Stop(Exit.USAGE, f"{said}; {cure}")
    screen = show.Screen()
    table = Table(box=None, pad_edge=False, header_style="bold")
    words = HEADINGS[screen.language]
    for heading in ("kata", "task", "at it", "stuck", "tries", "hint 3", "mostly red"):
        is_text = heading in ("kata", "mostly red")
        justify: Literal["left", "right"] = "left" if is_text else "right"
        table.add_column(words[heading], justify=justify, no_wrap=not is_text, overflow="fold")
    every = stuck.places(found)
    for place in every:
        red = f"{place.test} ({place.red})" if place.test else words["not begun"]
        numbers = (len(place.learners), len(place.stuck), f"{place.tries:g}", place.opened)
        cells = [place.kata, place.task, *numbers, red]
        table.add_row(*(Text(str(cell)) for cell in cells))
    screen.print(table)
    for place in every:
        if place.stuck:
            who = ", ".join(place.stuck)
            screen.say(f"{place.kata}, task {place.task}: {who}")
    screen.say()
    runs = sum(map(len, found.values()))
    screen.say(
        f"{len(found)} learners, {runs} runs; stuck: {stuck.MANY_TRIES} runs and more at a task"
        " that is still red."
    )
    return Exit.INCOMPLETE if left_out else Exit.DONE
