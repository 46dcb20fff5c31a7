"""Load a solution (the learner's, the reference's, an answer's) as the module under test."""

from __future__ import annotations

import asyncio
import difflib
import functools
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dojo.catalog.verdict import Cause
from dojo.ground.endings import Ending, of_exception
from dojo.running.error_lines import describe_import_error, describe_syntax_error, line_of
from dojo.world.clock import SOLUTION_MODULE, SOLUTION_MODULE_ELSEWHERE

if TYPE_CHECKING:  # the same class: a checker of types does not see it under its public name
    from _pytest.outcomes import Failed
else:
    Failed = pytest.fail.Exception


class SolutionFault(Failed):
    """The solution is at fault in a way no test can go on from; pytest reports a failure."""

    def __init__(self, message: str, cause: Cause, ending: Ending | None = None) -> None:
        """Say what happened.

        Args:
            message: What the learner reads.
            cause: As in a verdict.
            ending: The same.
        """
        super().__init__(message, pytrace=False)
        self.message = message
        self.cause = cause
        self.ending = ending


HandOut = Callable[[str, Any], Any]


class Subject:
    """The module under test; a name it lacks fails the test with a readable message.

    What is async in it is awaited: a test calls functions, tasks and flows of either kind.
    """

    def __init__(self, module: ModuleType, path: Path, hand_out: HandOut) -> None:
        """Wrap a loaded module; `hand_out` makes what a test gets of what it asks for."""
        self._module = module
        self._path = path
        self._hand_out = hand_out

    def __getattr__(self, name: str) -> Any:
        try:
            return _awaited(self._hand_out(name, getattr(self._module, name)))
        except AttributeError:
            names = [known for known in vars(self._module) if not known.startswith("_")]
            if not names:
                raise SolutionFault(
                    f"{self._path.name} is empty; was it saved by mistake?"
                    " 'dojo reset' brings the stub back.",
                    cause="missing",
                ) from None
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" It has {near[0]!r}: is that it?" if near else ""
            raise SolutionFault(
                f"{self._path.name} has no {name!r}; the tests call it by that name.{meant}",
                cause="missing",
            ) from None


def _awaited(value: Any) -> Any:
    """Return a function, task or flow as one whose call comes back with what its awaiting gives.

    Whoever runs in an event loop has one to await in, and gets what the solution returns.
    """
    if isinstance(value, FunctionType):
        return functools.wraps(value)(lambda *args, **more: _result_of(value(*args, **more)))
    is_a_task = isinstance(getattr(value, "isasync", None), bool)
    return _Awaited(value) if is_a_task else value


class _Awaited:
    """Stands for a task or a flow of Prefect."""

    def __init__(self, real: Any) -> None:
        self._real = real

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __call__(self, *args: Any, **more: Any) -> Any:
        return _result_of(self._real(*args, **more))


def _result_of(value: Any) -> Any:
    if not inspect.isawaitable(value):
        return value
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_await(value))
    return value


async def _await(value: Any) -> Any:
    return await value


def classes_of(subject: Subject) -> list[type]:
    """Return the classes that the solution's file defines."""
    found = vars(subject._module).values()
    return [one for one in found if isinstance(one, type) and one.__module__ == SOLUTION_MODULE]


def load_solution(
    path: Path,
    hand_out: HandOut = lambda _, value: value,
    *,
    optimized: bool = False,
    module_name: str = SOLUTION_MODULE,
    **names: Any,
) -> Subject:
    """Run a solution's file as a fresh module.

    Args:
        path: The file.
        hand_out: Is given each name that a test asks for and its value; returns what the test gets.
        optimized: As `python -O` runs it, which leaves each `assert` out.
        module_name: What the module is called. It is found under both names, so that what one
            process has pickled can be read in the other one.
        names: What stands in the module before the file runs: it goes before what is built in.

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
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.update(dict.fromkeys((SOLUTION_MODULE, SOLUTION_MODULE_ELSEWHERE), module))
    vars(module).update(names)
    try:
        # Not through the loader: it would leave byte-code in the checkout, and reuse old one.
        level = 1 if optimized else -1
        exec(_compiled(source, str(path), level), module.__dict__)
    except SyntaxError as error:
        raise SolutionFault(describe_syntax_error(error, path), cause="import") from None
    except ValueError as error:
        if "null bytes" not in str(error):
            raise SolutionFault(describe_import_error(error, path), cause="import") from error
        raise SolutionFault(f"{path.name} is not Python text: {error}.", cause="import") from None
    except SystemExit as error:
        raise SolutionFault(
            f"Importing {path.name} ended the program (sys.exit, code {error.code!r}):"
            f" {line_of(error, path)}\nTests import your file; work that should only run as a"
            ' script belongs under `if __name__ == "__main__":`.',
            cause="import",
            ending=Ending("exited"),
        ) from None
    except (Exception, KeyboardInterrupt) as error:
        message = describe_import_error(error, path)
        raise SolutionFault(message, cause="import", ending=of_exception(error)) from error
    return Subject(module, path, hand_out)


@functools.lru_cache(maxsize=4)
def _compiled(source: bytes, path: str, level: int) -> CodeType:
    """Compile a solution once, however many tests load it afresh."""
    return compile(source, path, "exec", dont_inherit=True, optimize=level)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
