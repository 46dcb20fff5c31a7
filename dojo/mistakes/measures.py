"""Keep which tests each planted wrong answer turns red, until something that could change it does.

The measures lie in the user's cache; a wheel may bring those that were made for its release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from dojo.catalog.answers import answer_files, answers_here
from dojo.catalog.kata import Kata
from dojo.catalog.progress import plain_text
from dojo.exam.tests_outside import STEERING_FILES
from dojo.grading.binding import MEASURES, code_digest, digest_of
from dojo.ground.files import write_whole
from dojo.ground.paths import PACKAGE_ROOT, cache_dir

PACKAGED = PACKAGE_ROOT / "dojo" / MEASURES


class CannotKeep(Exception):
    """The file of measures cannot be written; the message says what to do."""


class Measure(BaseModel):
    """What one wrong answer turns red.

    Attributes:
        of: The digest of all that it holds for.
        red: The ids of the red tests, with their parameters: `test_one[503]`.
        said: What the answer says of itself in a line; "" in older records.
        tests: The digest of the kata's tests alone; "" in older records. It is what a hint holds
            for: where a workspace has no answers, and after a change in the dojo.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str
    red: tuple[str, ...]
    said: str = ""
    tests: str = ""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal[1]
    katas: dict[str, dict[str, Measure]]


class Measures:
    """What was measured: of one file, of the user's cache, and of what the package brought."""

    def __init__(
        self, file: Path | None = None, say: Callable[[str], None] = lambda _: None
    ) -> None:
        """Read what there is.

        Args:
            file: Where new ones go; the one in the user's cache by default.
            say: Is told, in one line, which file cannot be used.
        """
        cached = cache_dir() / "mistakes.json"
        self.file = file or cached
        others = [path for path in (PACKAGED, cached) if path != self.file]
        self._found = [_read(path, say) for path in (*others, self.file)]

    def of(self, kata: Kata) -> dict[str, Measure]:
        """Return the measures of a kata's wrong answers that hold, by the answers' names."""
        digests = digests_of(kata)
        found = [item for one in self._found for item in one.get(kata.id, {}).items()]
        return {name: measure for name, measure in found if digests.get(name) == measure.of}

    def for_hints(self, kata: Kata) -> dict[str, Measure]:
        """Return the measures that were made with a kata's tests as they are now, by name."""
        now = digest_of_tests(kata)
        found = [item for one in self._found for item in one.get(kata.id, {}).items()]
        return {name: one for name, one in found if one.tests == now and one.said}

    def missing(self, kata: Kata) -> list[Path]:
        """Return the answers that are wrong with the installed versions, and have no measure."""
        known = self.of(kata)
        return [path for path in answers_here(kata, "wrong") if path.stem not in known]

    def keep(self, kata: Kata, measures: Mapping[str, Measure]) -> None:
        """Put measures of a kata into the file.

        Of two processes that do so at the same moment one may lose a measure: it is made again.

        Raises:
            CannotKeep: The file cannot be written.
        """
        content = self._found[-1] = _read(self.file)
        content[kata.id] = {**content.get(kata.id, {}), **measures}
        document = _Document(format=1, katas=content)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.file, document.model_dump_json(indent=1) + "\n")
        except OSError as error:
            said = f"{str(self.file)!r} cannot be written ({error.strerror})"
            raise CannotKeep(f"{said}; name another file with --out") from None


def digests_of(kata: Kata) -> dict[str, str]:
    """Return what the measure of each wrong answer holds for, by the answers' names.

    That is the answer, the kata's tests and `kata.toml`, its reference, what steers the tests, and
    the dojo; not the packages, with all of which an answer is refused by the tests that it names.
    """
    files = [kata.folder / "kata.toml", kata.test_file, kata.reference_file]
    files += [*(kata.root / name for name in STEERING_FILES), *kata.pack.code]
    around = code_digest() + digest_of(files, kata.root)
    return {
        path.stem: hashlib.sha256(around.encode() + path.read_bytes()).hexdigest()
        for path in answer_files(kata, "wrong")
    }


def digest_of_tests(kata: Kata) -> str:
    """Return the digest of a kata's tests, whatever their line ends; "" if there are none."""
    try:
        return hashlib.sha256(plain_text(kata.test_file.read_bytes())).hexdigest()
    except OSError:
        return ""


def describe_missing(katas: Iterable[Kata], measures: Measures) -> str:
    """Say in one line which wrong answers have no measure, and what measures them; else nothing."""
    told, numbers = [], []
    for kata in katas:
        if missing := measures.missing(kata):
            told.append(f"{len(missing)} of {len(answers_here(kata, 'wrong'))} in {kata.id}")
            numbers.append(kata.called)
    if not told:
        return ""
    command = f"'dojo mistakes {' '.join(numbers)}' does it"
    return f"Known mistakes that were not measured, so not recognised: {', '.join(told)}; {command}"


def _read(path: Path, say: Callable[[str], None] = lambda _: None) -> dict[str, dict[str, Measure]]:
    try:
        return _Document.model_validate_json(path.read_bytes()).katas
    except FileNotFoundError:
        return {}
    except OSError as error:
        said = f"cannot be read ({error.strerror})"
    except ValidationError:
        said = "is no record of measures of format 1"
    say(f"{str(path)!r} {said}: 'dojo mistakes' measures again")
    return {}
