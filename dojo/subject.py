"""Load a solution (the learner's, the reference's, an answer's) as the module under test."""

from __future__ import annotations

import difflib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from _pytest.outcomes import Failed

from dojo.catalog import Kata
from dojo.verdict import Cause
from dojo.world.clock import SOLUTION_MODULE


class SolutionFault(Failed):
    """The solution is at fault in a way no test can go on from; pytest reports a failure."""

    def __init__(self, message: str, cause: Cause) -> None:
        """Say what happened.

        Args:
            message: What the learner reads.
            cause: As in a verdict.
        """
        super().__init__(message, pytrace=False)
        self.message = message
        self.cause = cause


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

    def file_of(self, kata: Kata) -> Path:
        """Return the file that should hold the solution of `kata`; it may not exist."""
        if self.path is None:
            return kata.stub_file if self.spec == "learner" else kata.reference_file
        if self.path.is_file():
            return self.path
        nested = self.path / "katas" / kata.id / f"{kata.slug}.py"
        return nested if nested.exists() else self.path / kata.id / f"{kata.slug}.py"


HandOut = Callable[[str, Any], Any]


class Subject:
    """The module under test; a name it lacks fails the test with a readable message."""

    def __init__(self, module: ModuleType, path: Path, hand_out: HandOut) -> None:
        """Wrap a loaded module; `hand_out` makes what a test gets of what it asks for."""
        self._module = module
        self._path = path
        self._hand_out = hand_out

    def __getattr__(self, name: str) -> Any:
        try:
            return self._hand_out(name, getattr(self._module, name))
        except AttributeError:
            names = [known for known in vars(self._module) if not known.startswith("_")]
            if not names:
                raise SolutionFault(
                    f"{self._path.name} is empty; was it saved by mistake?"
                    " 'git checkout' brings the stub back.",
                    cause="missing",
                ) from None
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" It has {near[0]!r}: is that it?" if near else ""
            raise SolutionFault(
                f"{self._path.name} has no {name!r}; the tests call it by that name.{meant}",
                cause="missing",
            ) from None


def classes_of(subject: Subject) -> list[type]:
    """Return the classes that the solution's file defines."""
    found = vars(subject._module).values()
    return [one for one in found if isinstance(one, type) and one.__module__ == SOLUTION_MODULE]


def load_solution(path: Path, hand_out: HandOut = lambda _, value: value) -> Subject:
    """Run a solution's file as a fresh module.

    Args:
        path: The file.
        hand_out: Is given each name that a test asks for and its value; returns what the test gets.

    Returns:
        The module under test.

    Raises:
        SolutionFault: The file is missing or cannot be imported; the message says why and where.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise SolutionFault(
            f"There is no solution to test: {_short(path)} cannot be read ({error.strerror}).",
            cause="missing",
        ) from None
    spec = importlib.util.spec_from_file_location(SOLUTION_MODULE, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[SOLUTION_MODULE] = module
    try:
        # Not through the loader: it would leave byte-code in the checkout, and reuse old one.
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except SyntaxError as error:
        raise SolutionFault(_describe_syntax_error(error, path), cause="import") from None
    except ValueError as error:
        if "null bytes" not in str(error):
            raise SolutionFault(_describe_import_error(error, path), cause="import") from error
        raise SolutionFault(f"{path.name} is not Python text: {error}.", cause="import") from None
    except SystemExit as error:
        raise SolutionFault(
            f"Importing {path.name} ended the program (sys.exit, code {error.code!r}):"
            f" {_line_of(error, path)}\nTests import your file; work that should only run as a"
            ' script belongs under `if __name__ == "__main__":`.',
            cause="import",
        ) from None
    except (Exception, KeyboardInterrupt) as error:
        raise SolutionFault(_describe_import_error(error, path), cause="import") from error
    return Subject(module, path, hand_out)


def solution_line(error: BaseException, path: Path) -> traceback.FrameSummary | None:
    """Return the innermost line of the solution in an exception's trace, its causes included."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        for frame in reversed(traceback.extract_tb(current.__traceback__)):
            if frame.filename == str(path):
                return frame
        current = current.__cause__ or current.__context__
    return None


def _line_of(error: BaseException, path: Path) -> str:
    frame = solution_line(error, path)
    return f"line {frame.lineno}: {frame.line}" if frame else "somewhere it calls"


def _describe_import_error(error: BaseException, path: Path) -> str:
    return (
        f"{path.name} cannot be imported: {type(error).__name__}: {error}\n"
        f"  {_line_of(error, path)}\nNo test can start before the file imports."
    )


def _describe_syntax_error(error: SyntaxError, path: Path) -> str:
    # Python tells no line of a file that it cannot even read as text.
    line = f" (line {error.lineno})" if error.lineno else ""
    shown = [f"{path.name} is not valid Python: {error.msg}{line}."]
    if error.text:
        text = error.text.rstrip("\n")
        stripped = text.lstrip()
        shown.append("  " + stripped.expandtabs(4))
        if error.offset:
            column = max(error.offset - 1 - (len(text) - len(stripped)), 0)
            shown.append("  " + " " * len(stripped[:column].expandtabs(4)) + "^")
    return "\n".join(shown)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
