"""The command that begins a kata: `dojo new 01_retries --track spark`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dojo.catalog.pack import CatalogError, pack_at
from dojo.cli.packs.entering import trust
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.terminal import screen as show

app = typer.Typer(rich_markup_mode=None)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NN_SLUG", help="01_retries")],
    track: Annotated[
        str | None, typer.Option(metavar="WORD", help="Its track; the pack's first if not said.")
    ] = None,
) -> int:
    """Begin a kata: page, stub, tests, reference, examination, one wrong answer.

    In a folder that lies in no pack it makes one, of that folder. 'dojo check' says what is left
    to do.
    """
    from dojo.author.new import making

    screen, here = show.Screen(), Path.cwd()
    try:
        root, pack = making.pack_for(here, find_root(), track)
        files = making.files_of(name, track or "", ["en"])
        making.check_free(root, name)
        written = making.write(root, pack)
        if pack:
            trust(root)
        word, table = making.track_of(root, track)
        if table is not None:
            (root / "pyproject.toml").write_text(table, encoding="utf-8")
        files = making.files_of(name, word, pack_at(root).languages)
        written += making.write(root, files)
    except making.CannotMake as error:
        raise Stop(Exit.USAGE, str(error)) from None
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, str(error)) from None
    except OSError as error:
        raise Stop(Exit.ENVIRONMENT, f"{str(error.filename)!r}: {error.strerror}") from None
    for path in written:
        screen.say(show.shown(path))
    screen.say()
    called = f"{pack_at(root).prefix}{name[:2]}"
    screen.say(f"Next: dojo run {called} (red), then: dojo check {called}")
    return Exit.DONE
