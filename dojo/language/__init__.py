"""What a red message is in a learner's language: sentences found in the tests, their catalogues."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dojo.catalog.kata import Language
    from dojo.language.translating import Translator


# The folder whose catalogue has what `dojo` itself says.
OWN = Path(__file__).parent


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


@functools.lru_cache(maxsize=64)
def _translator(folder: Path, language: Language) -> Translator:
    from dojo.language.catalogue import CatalogueError, catalogue_file, read
    from dojo.language.translating import Translator

    found = []
    for file in (catalogue_file(folder, language), catalogue_file(OWN, language)):
        try:
            found.append(read(file))
        except CatalogueError:  # `dojo check` says so; a learner reads English meanwhile
            continue
    return Translator(*found)
