"""Say which sentences belong to which catalogue: a kata's tests have one, all of `dojo` another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language import OWN
from dojo.language.catalogue import Parts, catalogue_file
from dojo.language.stubs import said_in
from dojo.language.templates import templates_of

# What a learner may read, in red messages and beside them; left out: what draws data, what names
# private parts, what only instructors and authors read.
_ROOMS = ("catalog", "cli", "engines", "ground", "laws", "place", "running", "terminal", "world")
_DATA = re.compile(
    r"seams|/draw/(?!qualities)|/libraries/|/limited/|/http/(authority|clients)\.py"
    r"|^cli/(asked|author|grade|marks|mistakes|progress|records)\.py"
    r"|companion/words|sample_data|engines/shipping"
)


def own_parts() -> Parts:
    """Return the sentences that `dojo` itself may put into a red message."""
    package = PACKAGE_ROOT / "dojo"
    return {None: [one for file in _own_files(package) for one in templates_of(file)]}


def kata_parts(kata: Kata) -> Parts:
    """Return what a kata's stub says, and the sentences that its tests may say.

    Raises:
        OSError: One of them cannot be read.
        SyntaxError: One of them is no Python.
    """
    return {"stub": said_in(handed_out(kata.stub_file)), None: templates_of(kata.test_file)}


def own_catalogue(language: str) -> Path:
    """Return where the catalogue of `dojo` itself lies."""
    return catalogue_file(OWN, language)


def kata_catalogue(kata: Kata, language: str) -> Path:
    """Return where a kata's catalogue lies."""
    return catalogue_file(kata.folder, language)


def _own_files(package: Path) -> Iterator[Path]:
    for room in _ROOMS:
        for file in sorted((package / room).rglob("*.py")):
            if not _DATA.search(file.relative_to(package).as_posix()):
                yield file
