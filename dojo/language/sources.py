"""Say which sentences belong to which catalogue: a kata's tests have one, all of `dojo` another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dojo.catalog.answers import answer_files, mistake_of
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Hints, Kata, Language, Text
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language import OWN, languages_in
from dojo.language.catalogue import AROUND, HELP, KATA, MISTAKES, STUB, Parts, catalogue_file
from dojo.language.commands import help_in
from dojo.language.stubs import said_in
from dojo.language.templates import Template, notes_of, templates_of
from dojo.language.words import tables_in

# What a learner, an instructor or an author may read; left out: what draws data, what names private
# parts, tables of words, the pages of the site, which are written in both languages.
_ROOMS = ("catalog", "cli", "engines", "ground", "laws", "place", "running", "terminal", "world")
_ROOMS_AROUND = (
    *("author", "batch", "exam", "export", "grading", "inside", "intake", "language", "mistakes"),
    *("replay", "sandbox", "site", "warm"),
)
_AROUND = re.compile(
    r"^cli/(asked|author|grade|marks|mistakes|progress|records)\.py|sample_data|replays"
)
_DATA = re.compile(
    r"seams|/draw/(?!qualities)|/libraries/|/limited/|/http/(authority|clients)\.py"
    r"|/words\.py|engines/shipping|^author/(mutants/(expressions|statements)|new/texts)|^language/(?!catalogue)"
    r"|^sandbox/(calls/|init|job|kernel)|^site/(?!building|checking)"
)


def own_parts() -> Parts:
    """Return what `dojo` itself says: the sentences of red messages, and tables of words."""
    package = PACKAGE_ROOT / "dojo"
    parts: dict[str | None, list[Template]] = {}
    files = {file: file.relative_to(package).as_posix() for file in _own_files(package)}
    around = {
        file: name.startswith(_ROOMS_AROUND) or bool(_AROUND.search(name))
        for file, name in files.items()
    }
    for part, is_around in ((None, False), (AROUND, True)):
        parts[part] = [
            one for file in files if around[file] is is_around for one in templates_of(file)
        ]
    commands = sorted((package / "cli").rglob("*.py"))
    parts[HELP] = [one for file in commands for one in help_in(file)]
    tables = (table for file in sorted(package.rglob("*.py")) for table in tables_in(file))
    return {**parts, **dict(tables)}


def kata_parts(kata: Kata, language: Language) -> Parts:
    """Return what a kata says: its stub, its tests, its planted mistakes, `kata.toml`.

    Args:
        kata: The kata.
        language: What `kata.toml` says in it itself is left out. So are mistakes where the answers
            are kept elsewhere.

    Raises:
        OSError: One of them cannot be read.
        SyntaxError: One of them is no Python.
    """
    parts = {
        STUB: said_in(handed_out(kata.stub_file)),
        None: templates_of(kata.test_file),
        KATA: [Template(text, 1) for text in _listed(kata, language)],
    }
    if answers := answer_files(kata, "wrong"):
        parts[MISTAKES] = [Template(mistake_of(one), 1) for one in answers]
    return parts


def begun(kata: Kata) -> list[Language]:
    """Return the languages, English left out, that a kata says something in."""
    files = languages_in(f"katas/{kata.name}/{path.name}" for path in kata.folder.iterdir())
    return sorted({*files, *(one for text in _texts(kata) for one in text.languages)} - {"en"})


def exam_parts(kata: Kata) -> Parts:
    """Return what the scenarios of a kata say; nothing where they are kept elsewhere.

    Raises:
        OSError: They cannot be read.
        SyntaxError: They are no Python.
    """
    return {None: notes_of(kata.exam_file)} if kata.exam_file.is_file() else {}


def exam_catalogue(kata: Kata, language: str) -> Path:
    """Return where the catalogue of a kata's scenarios lies: beside them, as secret as they are."""
    return catalogue_file(kata.exam_file.parent, language)


def own_catalogue(language: str) -> Path:
    """Return where the catalogue of `dojo` itself lies."""
    return catalogue_file(OWN, language)


def kata_catalogue(kata: Kata, language: str) -> Path:
    """Return where a kata's catalogue lies."""
    return catalogue_file(kata.folder, language)


def _listed(kata: Kata, language: Language) -> Iterator[str]:
    for one in _texts(kata):
        if language not in one.languages:
            yield from [one.en] if isinstance(one, Text) else one.en


def _texts(kata: Kata) -> list[Text | Hints]:
    texts: list[Text | Hints | None] = [kata.title, kata.incident, kata.examined]
    texts += [part for task in kata.tasks for part in (task.title, task.hints)]
    return [one for one in texts if one is not None]


def _own_files(package: Path) -> Iterator[Path]:
    for room in (*_ROOMS, *_ROOMS_AROUND):
        for file in sorted((package / room).rglob("*.py")):
            if not _DATA.search(file.relative_to(package).as_posix()):
                yield file
