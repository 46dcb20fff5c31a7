"""Say what a pack is, a folder of katas with tracks and engines of its own, and find those here.

A folder is one by the table `[tool.dojo.pack]` in its `pyproject.toml`. The katas that come with
the dojo are one too, whose table is `dojo/pack.toml`: a clone or a workspace has none of its own.
"""

from __future__ import annotations

import configparser
import contextlib
import functools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dojo.ground.paths import PACKAGE_ROOT, is_pack

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - depends on the interpreter
    import tomli as tomllib

FORMAT = 1
# The group of entry points by which a distribution names the package that is a pack.
GROUP = "dojo.packs"

OWN = PACKAGE_ROOT / "dojo" / "pack.toml"
_TAKEN = ("answers", "dojo", "katas", "packs", "reference")
# Where a folder of a learner keeps the packs that it was brought; as in `dojo.place.carried`.
PACKS = "packs"

# A language's code: `en`, `fr`, `pt_BR`. English is there always; `languages` finds the others.
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]
Track = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1)]
Module = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*$")]
Attribute = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]


class CatalogError(Exception):
    """A kata or a pack that cannot be read or does not exist; one line, which says the cure."""


class PackTooNew(CatalogError):
    """A pack of a format that this dojo does not know yet."""


class Record(BaseModel):
    """What is written in a file by hand: nothing that nobody reads may stand there."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Fewest(Record):
    """How many planted answers each kata of a pack has at least."""

    wrong: Annotated[int, Field(ge=1)] = 6
    right: Annotated[int, Field(ge=1)] = 1


class Pack(Record):
    """A pack: what its table says, and where it lies.

    Attributes:
        format: Of the table.
        name: What begins the ids of its katas: `json/01_rows`.
        tracks: Each track, a word that katas say, with its title.
        languages: Those in which each kata has a page.
        engines: What katas may need besides packages, each as `module:ATTRIBUTE`, an `Engine`.
        fixtures: Modules with the fixtures that its tests may ask for, besides those of the dojo.
        requirements: The files with what tracks need that is installed apart from the others.
        fewest: How many planted answers each kata has.
        root: Where `katas` and `reference` lie.
    """

    format: int
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    tracks: dict[Track, Words]
    languages: list[Language] = ["en"]
    engines: dict[Track, Attribute] = {}
    fixtures: list[Module] = []
    requirements: dict[Track, Words] = {}
    fewest: Fewest = Fewest()
    root: Annotated[Path, Field(exclude=True)]

    @property
    def is_own(self) -> bool:
        """Say whether it is the one that comes with the dojo."""
        return self.name == "ml-dojo"

    @property
    def prefix(self) -> str:
        """Return what begins the ids of its katas; nothing does in the dojo's own."""
        return "" if self.is_own else f"{self.name}/"

    @property
    def code(self) -> list[Path]:
        """Return the files beside its table that its engines and fixtures are in, sorted."""
        named = {one.partition(":")[0].partition(".")[0] for one in self.engines.values()}
        named |= {one.partition(".")[0] for one in self.fixtures}
        if self.is_own:
            return []
        found = [self.root / f"{name}.py" for name in named]
        found += [path for name in named for path in (self.root / name).rglob("*.py")]
        return sorted(path for path in found if path.is_file())


def pack_at(root: Path) -> Pack:
    """Return the pack whose katas lie in a folder.

    Args:
        root: A folder with such a table; without one it is a place of the dojo's own katas.

    Returns:
        The pack.

    Raises:
        PackTooNew: Its format is newer than this dojo's.
        CatalogError: The table breaks a rule.
    """
    path = root / "pyproject.toml" if is_pack(root) else OWN
    status = path.stat()
    return _read(path, root, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=64)
def _read(path: Path, root: Path, *_: int) -> Pack:
    where = path.name if path == OWN else str(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))["tool"]["dojo"]["pack"]
        return _checked({**table, "root": root}, where)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{where} is not TOML: {error}") from None
    except (KeyError, TypeError):
        raise CatalogError(f"{where} has no table [tool.dojo.pack]") from None


def _checked(table: dict[str, Any], where: str) -> Pack:
    number = table.get("format")
    if isinstance(number, int) and number > FORMAT:
        raise PackTooNew(
            f"{where}: the pack has format {number}, this dojo reads {FORMAT}:"
            " 'pip install -U ml-dojo' brings a newer one"
        )
    if number != FORMAT:
        raise CatalogError(f"{where}: 'format' is {number!r}; this dojo reads format = {FORMAT}")
    try:
        pack = Pack.model_validate(table)
    except ValidationError as error:
        raise CatalogError(f"{where}: {first_fault(error, 'a pack')}") from None
    if pack.name in _TAKEN or (pack.is_own and where != OWN.name):
        raise CatalogError(f"{where}: a pack cannot be called {pack.name!r}; give it another name")
    return pack


def first_fault(error: ValidationError, whose: str) -> str:
    """Say in a line what breaks a rule first, and how much more does."""
    faults = error.errors()
    first = faults[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole file"
    if first["type"] == "missing":
        said = f"{place!r} is missing"
    elif first["type"] == "extra_forbidden":
        said = f"{place!r} is not a key of {whose}"
    else:
        said = f"{place!r}: {first['msg'].removeprefix('Value error, ')} (it is {first['input']!r})"
        if place == "the whole file":
            said = first["msg"].removeprefix("Value error, ")
    more = len(faults) - 1
    return said + (f" (and {more} more fault{'s' if more > 1 else ''})" if more else "")


def own_pack() -> Pack:
    """Return the pack that comes with the dojo."""
    return _read(OWN, PACKAGE_ROOT)


def packs_of(root: Path) -> list[Pack]:
    """Return the packs that are known at a place: its own first, then those it was brought.

    Last come those that are installed, and that it was not brought. One that cannot be read is left
    out: whoever works on it is told why.

    Raises:
        CatalogError: The place's own cannot be read.
    """
    found = {(first := pack_at(root)).name: first}
    places = [path for path in sorted((root / PACKS).glob("*")) if is_pack(path)]
    for place in (*places, *installed()):
        try:
            pack = pack_at(place)
        except CatalogError:
            continue
        found.setdefault(pack.name, pack)
    return list(found.values())


@functools.cache
def installed() -> tuple[Path, ...]:
    """Return the folders of the packs that are installed by pip, sorted; nothing is imported."""
    named = [one for place in sys.path for one in _entry_points_in(place)]
    return tuple(sorted(filter(is_pack, {one for one in map(_folder_of, named) if one})))


def _entry_points_in(place: str) -> Iterator[str]:
    """Yield what the distributions of a folder name; `metadata` would read all that they say."""
    try:
        names = [one for one in os.listdir(place) if one.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for name in names:
        try:
            with open(os.path.join(place, name, "entry_points.txt"), encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError):
            continue
        if f"[{GROUP}]" in text:
            table = configparser.ConfigParser(delimiters=("=",), interpolation=None)
            with contextlib.suppress(configparser.Error):
                table.read_string(text)
                yield from table[GROUP].values()


def _folder_of(module: str) -> Path | None:
    from importlib.util import find_spec

    if not re.fullmatch(r"[A-Za-z_]\w*", module):
        return None
    spec = find_spec(module)  # of a module at the top: nothing is run
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]).resolve() if places else None
