"""The command `dojo replay`: see what the engine recorded of one test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dojo.cli import learn
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show

app = typer.Typer(rich_markup_mode=None)


@app.command()
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

    Ends with 0 if there was something to see, 1 if your file broke off before.
    """
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
    screen = show.Screen()
    if as_json:
        stories = {name: json.loads(one.to_json()) for name, one in found.stories}
        learn.print_json({"test": found.test, **stories, "differences": found.differences})
    else:
        for line in replays.lines(found, language, can_draw=screen.can_write("─█░▒≠✓✗◆…")):
            screen.say(line)
    if html is not None:
        _write(html, replays.whole_page(found, language))
        if not as_json:
            screen.say()
            screen.say(f"In a browser: {show.shown(html)}")
        if open_it:
            typer.launch(html.resolve().as_uri())
    return Exit.DONE if found.mine is not None else Exit.UNSOLVED


def _write(path: Path, content: str) -> None:
    from dojo.ground.files import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        why = f"{str(path)!r} cannot be written: {error.strerror}"
        raise Stop(Exit.USAGE, f"{why}; '--html FILE' takes a path in a folder of yours") from None
