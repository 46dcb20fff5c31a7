"""Find the solutions under test: what `--solutions` asks for."""

from __future__ import annotations

import difflib
from pathlib import Path

from dojo.catalog.answers import appended
from dojo.catalog.kata import Kata
from dojo.ground.files import write_whole


class SolutionsNotFound(Exception):
    """`--solutions` names nothing that exists; the message says what it may name."""


class Solutions:
    """Where the solutions under test are."""

    def __init__(self, spec: str) -> None:
        """Read what the person asked for.

        Args:
            spec: `learner`, `reference`, a folder with `NN_slug/slug.py` or
                `katas/NN_slug/slug.py` in it, or one Python file; a planted answer is made whole.

        Raises:
            SolutionsNotFound: It is none of these, or the whole of an answer cannot be kept.
        """
        self.spec = spec
        self.path = None if spec in ("learner", "reference") else Path(spec).resolve()
        if self.path is not None and not self.path.exists():
            near = difflib.get_close_matches(spec, ["learner", "reference"], n=1)
            meant = f"; did you mean {near[0]!r}?" if near else "."
            raise SolutionsNotFound(
                f"--solutions {spec!r} does not exist{meant}"
                " It may be 'learner', 'reference', a folder or a Python file."
            )
        if self.path is not None and is_planted(self.path):
            self.path = whole_answer(self.path)

    def content_for(self, kata: Kata) -> bytes:
        """Return what the file of `kata` holds; nothing if there is none."""
        try:
            return self.file_of(kata).read_bytes()
        except OSError:
            return b""

    def file_of(self, kata: Kata) -> Path:
        """Return the file that should hold the solution of `kata`; it may not exist."""
        if self.path is None:
            return kata.stub_file if self.spec == "learner" else kata.reference_file
        if self.path.is_file():
            return self.path
        nested = self.path / "katas" / kata.name / f"{kata.slug}.py"
        return nested if nested.exists() else self.path / kata.name / f"{kata.slug}.py"


def is_planted(path: Path) -> bool:
    """Say whether a file is a planted answer: a fragment, which is no solution by itself."""
    answers = path.parent
    return answers.name == "answers" and answers.parent.parent.name == "reference"


def whole_answer(answer: Path) -> Path:
    """Keep a planted answer as a whole file, in the `.dojo` of its pack; return that file.

    Raises:
        SolutionsNotFound: The reference cannot be read, or the folder cannot be written to.
    """
    kata = answer.parent.parent
    whole = kata.parents[1] / ".dojo" / "answers" / kata.name / answer.name
    try:
        text = appended(kata / f"{kata.name[3:]}.py", answer)
        whole.parent.mkdir(parents=True, exist_ok=True)
        write_whole(whole, text)
    except OSError as error:
        why = f"{str(error.filename)!r}: {error.strerror}"
        raise SolutionsNotFound(f"{answer.name} cannot be made whole: {why}") from None
    return whole
