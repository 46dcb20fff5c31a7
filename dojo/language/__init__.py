"""Say in a learner's language what is written in English beside its assertion."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dojo.catalog.kata import Kata, Language
    from dojo.language.translating import Translator


def in_language(message: str, kata: Kata, language: Language) -> str:
    """Return what a test of a kata said in a language, as far as its catalogues know it.

    Args:
        message: The English text, its lines not yet broken to a width.
        kata: Whose test said it.
        language: Which; English is returned as it is.
    """
    if language == "en" or not message:
        return message
    return _translator(kata.folder, language).translate(message)


@functools.lru_cache(maxsize=64)
def _translator(folder: Path, language: Language) -> Translator:
    from dojo.language.catalogue import CatalogueError, catalogue_file, read
    from dojo.language.sources import own_catalogue
    from dojo.language.translating import Translator

    found = []
    for file in (catalogue_file(folder, language), own_catalogue(language)):
        try:
            found.append(read(file))
        except CatalogueError:  # `dojo check` says so; a learner reads English meanwhile
            continue
    return Translator(*found)
