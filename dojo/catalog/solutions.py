"""Find the solutions under test: what `--solutions` asks for."""

from __future__ import annotations

import difflib
from pathlib import Path

from dojo.catalog.kata import Kata


class SolutionsNotFound(Exception):
    """`--solutions` names nothing that exists; the message says what it may name."""


class Solutions:
    """Where the solutions under test are."""

    def __init__(self, spec: str) -> None:
        """Read what the person asked for.

        Args:
            spec: `learner`, `reference`, a folder with `NN_slug/slug.py` or
                `katas/NN_slug/slug.py` in it, or one Python file.

        Raises:
            SolutionsNotFound: It is none of these.
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
