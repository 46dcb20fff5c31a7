"""Have files to fill speak a learner's language; write catalogues for who translates."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from dojo.catalog.handed_out import known_stub
from dojo.cli.author import chosen_katas, counted
from dojo.cli.learn import CODES, catalogue
from dojo.cli.place import faults_of_the_place
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.ground.paths import find_root
from dojo.language import languages
from dojo.terminal import screen as show

app = typer.Typer(rich_markup_mode=None)


@app.command("lang")
def speak(
    language: Annotated[str, typer.Argument(metavar=CODES, help="Of files to fill, and pages.")],
) -> int:
    """Have the files to fill say in a language what they ask for; one that you began stays.

    A workspace speaks it from now on; in a clone DOJO_LANG says so.
    """
    from dojo.language.stubs import speak as say_in
    from dojo.place.bringing import bring
    from dojo.place.pack import read_pack
    from dojo.place.state import alone, workspace_at, write

    root, screen = find_root(), show.Screen()
    check_choice("LANGUAGE", language, languages(root))
    with faults_of_the_place():
        known = workspace_at(root)
        if known is not None:
            asked = known.model_copy(update={"lang": language})
            with alone(root):
                write(root, asked)
            bring(root, read_pack(asked.track, asked.lang), asked, screen.say)
            return Exit.DONE
        for kata in catalogue():
            stub = known_stub(kata.stub_file)
            if stub is None or not say_in(kata.stub_file, stub, language):
                screen.say(f"{show.shown(kata.stub_file)} has been begun: it stays as it is")
    screen.say(f"For messages, titles and hints: export DOJO_LANG={language}")
    return Exit.DONE


@app.command()
def translate(
    katas: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KATA]...", help="02, retries or 02_retries; all if none."),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", metavar="CODE", help="The language: fr, de, pt_BR.")
    ] = "fr",
    own: Annotated[
        bool, typer.Option("--own", help="Also what `dojo` itself says, in this checkout.")
    ] = False,
) -> int:
    """Write what katas say into catalogues to be filled: messages.CODE.po beside them.

    What is translated already stays; what nobody says any more goes. No test and no stub changes.
    """
    from dojo.language import sources
    from dojo.language.catalogue import CatalogueError, faults, renew

    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", lang):
        raise Stop(Exit.USAGE, f"{lang!r} is no language's code; 'fr', 'de' and 'pt_BR' are")
    chosen, found = chosen_katas(find_root(), katas or [])
    if found:
        raise Stop(Exit.ENVIRONMENT, found[0].line)
    todo = [(sources.kata_catalogue(kata, lang), sources.kata_parts(kata, lang)) for kata in chosen]
    exams = [(sources.exam_catalogue(kata, lang), sources.exam_parts(kata)) for kata in chosen]
    todo += [(file, parts) for file, parts in exams if parts]
    if own:
        todo.append((sources.own_catalogue(lang), sources.own_parts()))
    screen = show.Screen()
    for file, parts in todo:
        try:
            renew(file, lang, parts)
            left = sum(1 for _ in faults(file, parts))
        except (CatalogueError, OSError, SyntaxError) as error:
            raise Stop(Exit.AUTHOR_ERROR, str(error)) from None
        said = counted(left, f"{left} text to be said", f"{left} texts to be said")
        screen.say(f"{show.shown(file)}: {said}")
    return Exit.DONE
