"""Keep what a text is in another language: `messages.fr.po` beside a kata's tests, one for `dojo`.

A catalogue has parts, which are gettext's contexts: messages have none.

A catalogue is a gettext file, as translators' editors know it. The English text is the key, so
nothing in a test changes when it is translated. An entry that is the same in both languages is
no sentence (a name, a row of a table), and stands there to say so.
"""

from __future__ import annotations

import contextlib
import functools
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

import polib

from dojo.ground.files import write_whole
from dojo.language.templates import Template

# Parts of a kata's catalogue: what the stub says; titles and hints of `kata.toml`; the sentences of
# its planted mistakes.
STUB, KATA, MISTAKES = "stub", "kata", "mistakes"
# Parts of the catalogue of `dojo`: the help of its commands; what libraries say and it passes on.
HELP, PASSED_ON = "help", "passed on"
# What no test says: commands of instructors, replays, hand-ins; looked for in no red message.
AROUND = "around"
# What a catalogue is to say: of each part (None: messages) the texts.
Parts = Mapping[str | None, Sequence[Template]]
HEADER = {"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}


class CatalogueError(Exception):
    """A catalogue that cannot be read; the message is one line that says the cure."""


class Fault(NamedTuple):
    """What is wrong with one entry.

    Attributes:
        kind: `missing`: nothing is said in the other language; `stale`: nobody says the English
            any more; `places`: what is put in differs; `gap`: the mark of a gap in a stub is gone.
        text: The English text.
    """

    kind: str
    text: str


# `dojo reset` and the companion find the gaps of a stub by it.
_GAP = "TODO(kata): "

_Folder = TypeVar("_Folder", Path, PurePosixPath)


def catalogue_file(folder: _Folder, language: str) -> _Folder:
    """Return where the catalogue of a kata, or of `dojo`, lies; the folder may be in an archive."""
    return folder / f"messages.{language}.po"


def read(file: Path, part: str | None = None) -> Mapping[str, str]:
    """Return what each text is in the other language; nothing for a file that is not there.

    Args:
        file: The catalogue.
        part: Of what: None for messages, `stub` for what the stub says.

    Raises:
        CatalogueError: It is no catalogue.
    """
    try:
        return _parts_of(file, *_stamp(file)).get(part, {})
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{file.name} cannot be read ({error}); mend it") from error


def parts_in(file: Path) -> list[str | None]:
    """Return the parts that a catalogue has.

    Raises:
        CatalogueError: It is no catalogue.
    """
    read(file)
    return list(_parts_of(file, *_stamp(file))) if file.is_file() else []


def said_there(folder: Path, language: str, part: str | None = None) -> Mapping[str, str]:
    """Return what the catalogue of a folder says, as `read` does; nothing if it cannot be read.

    `dojo check` says that it cannot; a learner reads English meanwhile.
    """
    with contextlib.suppress(CatalogueError):
        return read(catalogue_file(folder, language), part)
    return {}


def read_text(text: str, part: str | None = None) -> Mapping[str, str]:
    """Return what a catalogue says, as `read` does of a file.

    Raises:
        ValueError: It is no catalogue.
    """
    return _parsed(text).get(part, {})


def _stamp(file: Path) -> tuple[int, int]:
    seen = file.stat()
    return seen.st_mtime_ns, seen.st_size


@functools.lru_cache(maxsize=64)
def _parts_of(file: Path, _changed_ns: int, _size: int) -> Mapping[str | None, Mapping[str, str]]:
    return _parsed(file.read_text(encoding="utf-8"))


def _parsed(text: str) -> Mapping[str | None, Mapping[str, str]]:
    try:
        entries = polib.pofile(text, wrapwidth=0)
    except OSError as error:
        raise ValueError(str(error)) from error
    found: dict[str | None, dict[str, str]] = {}
    for one in entries:
        if not one.obsolete:
            found.setdefault(one.msgctxt, {})[one.msgid] = one.msgstr
    return found


def renew(file: Path, language: str, parts: Parts) -> None:
    """Write a catalogue anew: each text in order, with what was said already; drop stale ones.

    A part that it has and that is not asked for stays as it is.
    """
    written = polib.POFile(wrapwidth=0)
    written.metadata = {"Language": language, **HEADER}
    for part in dict.fromkeys((*parts, *parts_in(file))):
        known = read(file, part)
        texts = [one.text for one in parts[part]] if part in parts else list(known)
        for text in dict.fromkeys(texts):
            entry = polib.POEntry(msgid=text, msgstr=known.get(text, ""), msgctxt=part)
            written.append(entry)
    write_whole(file, f"{written}\n")


def faults(file: Path, parts: Parts) -> Iterator[Fault]:
    """Yield each text that has no translation, a stale one, or one with other places.

    Raises:
        CatalogueError: It is no catalogue.
    """
    for part, templates in parts.items():
        known = read(file, part)
        texts = dict.fromkeys(one.text for one in templates)
        for text in texts:
            said = known.get(text, "")
            if not said:
                yield Fault("missing", text)
            elif part not in (STUB, KATA, MISTAKES, HELP) and places(said) != places(text):
                yield Fault("places", text)
            elif part == STUB and text.startswith(_GAP) and not said.startswith(_GAP):
                yield Fault("gap", text)
        yield from (Fault("stale", text) for text in known if text not in texts)


def places(text: str) -> set[str] | None:
    """Return the names of what is put into a text; None if its braces do not match."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return None
