"""The command `dojo replay`: see what the engine recorded of one test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojo.catalog.kata import Language
from dojo.cli import learn
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.terminal.replays import Replay

app = typer.Typer(rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True})
def replay(
    context: typer.Context,
    kata: learn.Name = None,
    test: Annotated[
        str | None,
        typer.Argument(metavar="[TEST]", help="Its name; else the first red one of your task."),
    ] = None,
    solutions: Annotated[
        str,
        typer.Option(
            metavar="WHOSE",
            envvar="DOJO_SOLUTIONS",
            help="What to run: learner, reference, a folder or a file.",
        ),
    ] = "learner",
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it as one page that needs nothing else."),
    ] = None,
    open_it: Annotated[
        bool, typer.Option("--open", help="Show that page in your browser, too.")
    ] = False,
    as_json: learn.AsJson = False,
    lang: learn.Lang = None,
) -> int:
    """See what the engine recorded of one test: runs, attempts, waits, yours above the reference's.

    In place of a kata it takes a program, such as reference/pipelines/prefect_pipeline.py, and
    writes the page of its whole run; what follows '--' is the program's. Ends with 0 if there was
    something to see, 1 if your file broke off before; a program ends as it does by itself.
    """
    if kata is not None and kata.endswith(".py"):
        return _replay_program(Path(kata), html, [*([test] if test else []), *context.args])
    if context.args:
        raise Stop(
            Exit.USAGE, f"{context.args[0]!r} is too much; 'dojo replay 02 test_x' shows a test"
        )
    from dojo.catalog.solutions import Solutions, SolutionsNotFound
    from dojo.terminal import replays

    language = learn.language_of(context, lang)
    chosen = learn.choose(learn.catalogue(), kata)
    try:
        path = Solutions(solutions).path
    except SolutionsNotFound as error:
        raise Stop(Exit.USAGE, str(error)) from None
    if open_it and html is None:
        raise Stop(Exit.USAGE, "'--open' shows a page: name it with '--html FILE'")
    found = replays.replay(chosen, test, str(path or solutions))
    _tell(found, language, html, as_json=as_json)
    if html is not None and open_it:
        typer.launch(html.resolve().as_uri())
    return Exit.DONE if found.mine is not None else Exit.UNSOLVED


def _tell(found: Replay, language: Language, html: Path | None, *, as_json: bool) -> None:
    """Print a replay, and write its page."""
    from dojo.terminal import replays

    screen = show.Screen()
    if as_json:
        stories = {name: json.loads(one.to_json()) for name, one in found.stories}
        learn.print_json({"test": found.test, **stories, "differences": found.differences})
    else:
        for line in replays.lines(found, language, can_draw=screen.can_write("─█░▒≠✓✗◆…")):
            screen.put(line)
    if html is not None:
        _write(html, replays.whole_page(found, language))
        if not as_json:
            screen.say()
            screen.say(f"In a browser: {show.shown(html)}")


def _replay_program(program: Path, html: Path | None, arguments: list[str]) -> int:
    """Have a program run in a process of its own; return how it ended."""
    if not program.is_file():
        raise Stop(Exit.USAGE, f"{str(program)!r} is no file; 'dojo replay 02' shows a kata's test")
    if html is None:
        raise Stop(Exit.USAGE, "a program's replay is a page: name it with '--html FILE'")
    command = [sys.executable, "-m", "dojo.replay.heard.program", str(html), str(program)]
    code = subprocess.run([*command, *arguments], check=False).returncode
    if html.is_file():
        show.Screen().say(f"In a browser: {show.shown(html)}")
    return code


def _write(path: Path, content: str) -> None:
    from dojo.ground.files import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        why = f"{str(path)!r} cannot be written: {error.strerror}"
        raise Stop(Exit.USAGE, f"{why}; '--html FILE' takes a path in a folder of yours") from None
