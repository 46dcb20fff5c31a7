"""Read and check every `kata.toml`: the only list of katas there is."""

from __future__ import annotations

import difflib
import itertools
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from dojo.catalog.pack import CatalogError as CatalogError  # who reads katas knows it from here
from dojo.catalog.pack import Language as Language
from dojo.catalog.pack import Pack, Record, Words, first_fault, pack_at
from dojo.catalog.pack import Track as Track
from dojo.language.catalogue import KATA, said_there

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - depends on the interpreter
    import tomli as tomllib

Tiers = Annotated[list[Words], Field(min_length=3, max_length=3)]


class _InLanguages(Record):
    """What is said in English, and beside it in other languages, by their codes.

    Of a language that came later the catalogue beside `kata.toml` has it.
    """

    model_config = ConfigDict(extra="allow")

    _folder: Path | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any) -> None:
        """Remember whose folder has the catalogues."""
        self._folder = context

    @property
    def languages(self) -> set[Language]:
        """Return the languages that it has itself."""
        return {"en", *(self.__pydantic_extra__ or {})}

    def _elsewhere(self, english: str, language: Language) -> str:
        known = said_there(self._folder, language, KATA) if self._folder else {}
        return known.get(english) or english


class Text(_InLanguages):
    """One text."""

    __pydantic_extra__: dict[Language, Words]
    en: Words

    def get(self, language: Language) -> str:
        """Return the text in a language; in English where nobody says it there."""
        if language in self.languages:
            return str(getattr(self, language))
        return self._elsewhere(self.en, language)

    def short(self, language: Language) -> str:
        """Return what stands before the colon; French has a space before it."""
        return self.get(language).partition(":")[0].rstrip()


class Hints(_InLanguages):
    """Three tiers of hints: where to look, the idea, nearly the line."""

    __pydantic_extra__: dict[Language, Tiers]
    en: Tiers

    def get(self, language: Language) -> list[str]:
        """Return the three tiers in a language; in English what nobody says there."""
        if language in self.languages:
            return list(getattr(self, language))
        return [self._elsewhere(one, language) for one in self.en]


class Task(Record):
    """One task of a kata and the tests that prove it."""

    title: Text
    points: Annotated[int, Field(gt=0)]
    tests: Annotated[list[Annotated[str, Field(pattern=r"^test_\w+$")]], Field(min_length=1)]
    hints: Hints


class Kata(Record):
    """One kata: what its `kata.toml` says and where it lies."""

    number: Annotated[int, Field(ge=1, le=99)]
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    track: Track
    needs: list[Words]
    title: Text
    # What the tables of katas tell, see docs/make_tables.py: what broke; what the examination sees.
    incident: Text | None = None
    examined: Text | None = None
    tasks: Annotated[list[Task], Field(min_length=1)]
    # Each task builds on the one before: its tests wait until those of the earlier ones are green.
    in_order: bool = False
    # Files beside the tests that these read.
    data: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z]+$")]] = Field(default=[])
    # House rules that do not hold in this kata, and why: names of `dojo.laws.rules.LAWS`.
    lifts: dict[Words, Words] = Field(default={})
    # What a warm verdict on the reference may cost, in multiples of the processor time of
    # `import prefect`: benchmarks/verdicts.py warns of more.
    budget: Annotated[float, Field(gt=0)] | None = None
    folder: Annotated[Path, Field(exclude=True)]

    @model_validator(mode="after")
    def _each_test_proves_one_task(self) -> Kata:
        tests = self.tests
        twice = sorted({name for name in tests if tests.count(name) > 1})
        if twice:
            raise ValueError(f"test {twice[0]!r} is listed twice; a test proves one task")
        return self

    @property
    def id(self) -> str:
        """Return what names it among all: `02_retries`, and in a pack by others `json/01_rows`."""
        return f"{self.pack.prefix}{self.name}"

    @property
    def name(self) -> str:
        """Return what its folders are called: `02_retries`."""
        return f"{self.number:02d}_{self.slug}"

    @property
    def called(self) -> str:
        """Return what a person types for it: `02`, and `json/01` in a pack by others."""
        return f"{self.pack.prefix}{self.number:02d}"

    @property
    def root(self) -> Path:
        """Return the checkout the kata belongs to."""
        return self.folder.parent.parent

    @property
    def pack(self) -> Pack:
        """Return the pack that it is of."""
        return pack_at(self.root)

    @property
    def tests(self) -> list[str]:
        """Return the names of all tests, task by task."""
        return [name for task in self.tasks for name in task.tests]

    @property
    def points(self) -> int:
        """Return the points of all tasks together."""
        return sum(task.points for task in self.tasks)

    @property
    def test_file(self) -> Path:
        """Return the path of the kata's tests."""
        return self.folder / f"test_{self.slug}.py"

    def test_ids(self, names: Iterable[str]) -> list[str]:
        """Return what pytest is asked for to run some tests by name; all of them for no name."""
        return [f"{self.test_file}::{name}" for name in names] or [str(self.test_file)]

    @property
    def stub_file(self) -> Path:
        """Return the path of the file that the learner fills."""
        return self.folder / f"{self.slug}.py"

    @property
    def data_files(self) -> list[Path]:
        """Return the paths of the files that the tests read."""
        return [self.folder / name for name in self.data]

    @property
    def reference_file(self) -> Path:
        """Return the path of the good solution."""
        return self.root / "reference" / self.name / f"{self.slug}.py"

    @property
    def replay_file(self) -> Path:
        """Return the file that keeps what was recorded of the reference; there may be none."""
        return self.reference_file.with_name("replay.jsonl")

    @property
    def exam_file(self) -> Path:
        """Return the path of the scenarios; an instructor may keep that file elsewhere."""
        return self.reference_file.with_name("exam.py")

    @property
    def inside_file(self) -> Path:
        """Return the path of what scenarios have run inside; there is none where none do."""
        return self.reference_file.with_name("inside.py")

    @property
    def answers_folder(self) -> Path:
        """Return the folder of the planted wrong and right answers."""
        return self.reference_file.with_name("answers")

    def task_number_of(self, test: str) -> int | None:
        """Return the number, from 1, of the task that `test` proves; None if no task lists it."""
        name = test.split("[", 1)[0]
        for number, task in enumerate(self.tasks, start=1):
            if name in task.tests:
                return number
        return None


def read_kata(folder: Path) -> Kata:
    """Read one kata's `kata.toml`.

    Args:
        folder: The kata's folder, such as `katas/02_retries`.

    Returns:
        The checked kata.

    Raises:
        CatalogError: The file is missing, is not TOML, or breaks a rule; one line says which.
    """
    path = folder / "kata.toml"
    where = f"{folder.name}/kata.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CatalogError(f"{where} does not exist; every folder in katas/ needs one") from None
    except OSError as error:
        raise CatalogError(f"{where} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{where} is not TOML: {error}") from None
    if "folder" in content:
        raise CatalogError(f"{where}: 'folder' is not a key of a kata; it is where the file lies")
    try:
        kata = Kata.model_validate({**content, "folder": folder}, context=folder)
    except ValidationError as error:
        raise CatalogError(f"{where}: {first_fault(error, 'a kata')}") from None
    if kata.name != folder.name:
        raise CatalogError(
            f"{where}: number and slug say {kata.name!r}, the folder is called {folder.name!r};"
            " make them the same"
        )
    if kata.track not in (known := pack_at(folder.parent.parent).tracks):
        listed = ", ".join(map(repr, known))
        raise CatalogError(f"{where}: 'track' is {kata.track!r}; the pack has {listed}")
    return kata


def kata_folders(root: Path) -> list[Path]:
    """Return the folders in `katas/` that are called like a kata, in the order of their names."""
    return sorted(path for path in (root / "katas").glob("[0-9]*_*") if path.is_dir())


def load_catalog(root: Path) -> list[Kata]:
    """Read all katas of a checkout.

    Args:
        root: The folder that holds `katas/`.

    Returns:
        The katas in the order of their numbers; empty if `katas/` holds none.

    Raises:
        CatalogError: A kata breaks a rule, or two have the same number.
    """
    katas = [read_kata(folder) for folder in kata_folders(root)]
    katas.sort(key=lambda kata: kata.number)
    for one, other in itertools.pairwise(katas):
        if one.number == other.number:
            raise CatalogError(f"{one.id} and {other.id} have the same number; renumber one")
    return katas


def find_kata(katas: list[Kata], name: str) -> Kata:
    """Find the kata a person means.

    Args:
        katas: The catalogue.
        name: A number (`2`, `02`), a slug (`retries`), an id or a path (`katas/02_retries`).

    Returns:
        The kata meant.

    Raises:
        CatalogError: There is none; the message names the nearest.
    """
    asked = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    for kata in katas:
        number = int(asked) if asked.isascii() and asked.isdigit() else None
        if asked in (kata.name, kata.slug) or number == kata.number:
            return kata
    known = [word for kata in katas for word in (kata.slug, kata.name)]
    near = difflib.get_close_matches(asked, known, n=1)
    listed = "'dojo list' names them all"
    if near:
        listed = f"did you mean {find_kata(katas, near[0]).id!r}? {listed}"
    raise CatalogError(f"kata {name!r} does not exist; {listed}")
