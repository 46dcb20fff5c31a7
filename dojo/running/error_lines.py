"""Say where in a solution an error came up, and what its import has stumbled over."""

from __future__ import annotations

import ast
import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from dojo.engines import ENGINES
from dojo.ground.exits import EngineError


@contextlib.contextmanager
def faults_of_engine(name: str) -> Iterator[None]:
    """Have whatever an engine raises while it starts be an error in one line, with its place.

    Raises:
        EngineError: As the engine said it, or the type, message, file and line of what it raised.
    """
    try:
        yield
    except EngineError:
        raise
    except Exception as error:  # it is anybody's
        module = sys.modules.get(ENGINES[name].running.__module__)
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames if one.filename == getattr(module, "__file__", None)]
        last = (own or frames)[-1]
        said = " ".join(f"{type(error).__name__}: {error}".split())
        file, line = Path(last.filename).name, last.lineno
        raise EngineError(
            f"engine {name!r} does not start: {said} ({file}, line {line})"
        ) from error


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


def line_of(error: BaseException, path: Path) -> str:
    """Name that line, for a sentence, and quote it."""
    frame = solution_line(error, path)
    return f"line {frame.lineno}: {frame.line}" if frame else "somewhere it calls"


def describe_import_error(error: BaseException, path: Path) -> str:
    """Say what an import raised, and where."""
    return (
        f"{path.name} cannot be imported: {type(error).__name__}: {error}\n"
        f"  {line_of(error, path)}\n{annotations_advice(error, path)}"
        "No test can start before the file imports."
    )


def annotations_advice(error: BaseException, path: Path) -> str:
    """Name the line over which an engine may have stumbled; "" if there is none, or no stumbling.

    It finds texts where it looks for types, and says many things, but never which line it was.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    stumbled = [one.title for one in ENGINES.values() if kinds.intersection(one.reads_types)]
    if not stumbled:
        return ""
    nodes: list[ast.stmt] = []
    with contextlib.suppress(OSError, SyntaxError, ValueError):  # somebody may be saving it
        nodes = ast.parse(path.read_bytes()).body
    for node in nodes:
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if is_future and "annotations" in ast.unparse(node):
            return (
                f"First remove line {node.lineno}, `{ast.unparse(node)}`: it turns all annotations"
                f" into texts, and {stumbled[0]} looks for types there.\n"
            )
    return ""


def describe_syntax_error(error: SyntaxError, path: Path) -> str:
    """Say what is not Python, and show where."""
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
