"""What is said in a learner's language: sentences found in the tests, their catalogues."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dojo.catalog.kata import Language
    from dojo.language.translating import Translator


# The folder whose catalogue has what `dojo` itself says.
OWN = Path(__file__).parent
_IN_A_LANGUAGE = re.compile(
    r"katas/[^/]+/(?:README|messages)\.([a-z]{2,3}(?:_[A-Z]{2})?)\.(?:md|po)"
)


def in_language(message: str, folder: Path, language: Language) -> str:
    """Return what a test of a kata said in a language, as far as its catalogues know it.

    Args:
        message: The English text, its lines not yet broken to a width.
        folder: The folder of the kata whose test said it; `OWN` where `dojo` did.
        language: Which; English is returned as it is.
    """
    if language == "en" or not message:
        return message
    return _translator(folder, language).translate(message)


def mistake_in(sentence: str, folder: Path, language: Language) -> str:
    """Return the sentence of a planted mistake in a language; as it is where nobody says it there.

    Args:
        sentence: What the answer says of itself, in English.
        folder: The kata's.
        language: Which.
    """
    from dojo.language.catalogue import MISTAKES, said_there

    return said_there(folder, language, MISTAKES).get(sentence) or sentence


def said_by_dojo(language: Language, part: str | None) -> Mapping[str, str]:
    """Return what each English text of a part of the catalogue of `dojo` is in a language."""
    from dojo.language.catalogue import said_there

    return said_there(OWN, language, part)


def languages(root: Path) -> list[Language]:
    """Return the languages that something is said in at a place, English first.

    A language is there as soon as one kata has a page or a catalogue in it, or `dojo` itself one.

    Args:
        root: The checkout or workspace.
    """
    return list(_languages(root, OWN))


def languages_in(names: Iterable[str]) -> list[Language]:
    """Return the same, of katas whose files are not on a disk.

    Args:
        names: The files' paths, such as `katas/02_retries/README.fr.md`.
    """
    return _sorted({found[1] for name in names if (found := _IN_A_LANGUAGE.fullmatch(name))})


@functools.lru_cache(maxsize=64)
def _languages(root: Path, own: Path) -> tuple[Language, ...]:
    files = [*root.glob("katas/*/README.*.md"), *root.glob("katas/*/messages.*.po")]
    names = [path.relative_to(root).as_posix() for path in files]
    names += [f"katas/dojo/{path.name}" for path in own.glob("messages.*.po")]
    return tuple(languages_in(names))


def _sorted(codes: set[Language]) -> list[Language]:
    return ["en", *sorted(codes - {"en"})]


@functools.lru_cache(maxsize=64)
def _translator(folder: Path, language: Language) -> Translator:
    from dojo.language.catalogue import AROUND, PASSED_ON, said_there
    from dojo.language.translating import Translator

    parts = (None,) if folder.parent.name == "katas" else (None, AROUND, PASSED_ON)
    own = (said_by_dojo(language, part) for part in parts)
    return Translator(said_there(folder, language), *own)
