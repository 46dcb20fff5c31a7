"""Give a solution files as a machine has them whose locale knows no UTF-8.

A process that nobody else is in gets such a locale (STARTED_WITH, `leave_utf8`). A locale holds for
a whole process: in the tests' own one a single load of a solution gets another `open` instead
(`open_as_ascii`, `pathlib_as_ascii`).
"""

from __future__ import annotations

import contextlib
import functools
import io
import locale
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

# What a process is started with that will leave UTF-8: the names of files it knows as here.
STARTED_WITH = {"PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}

_IN_PATHLIB = 4  # frames


def leave_utf8() -> None:
    """Have text of which nobody names the encoding be ASCII, in all of this process."""
    locale.setlocale(locale.LC_ALL, "C")


@functools.wraps(open)
def open_as_ascii(file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
    """Open a file; text of which nobody names the encoding is ASCII."""
    encoding = args[1] if len(args) > 1 else more.get("encoding")
    if "b" in mode or encoding is not None:
        return open(file, mode, *args, **more)
    if len(args) > 1:
        return open(file, mode, args[0], "ascii", *args[2:], **more)
    return open(file, mode, *args, **{**more, "encoding": "ascii"})


@contextlib.contextmanager
def pathlib_as_ascii() -> Iterator[None]:
    """Have the paths of a module whose `open` is the above do the same, for the length of a block.

    pathlib asks the same function for the encoding on behalf of everybody: who asks it is looked
    at.
    """
    real: Any = vars(io)["text_encoding"]  # typeshed has it for Python 3.11

    @functools.wraps(real)
    def text_encoding(encoding: Any, *more: Any) -> Any:
        if encoding is None:
            frame: Any = sys._getframe(1)
            for _ in range(_IN_PATHLIB):
                if frame is None or "pathlib" not in frame.f_globals.get("__name__", ""):
                    break
                frame = frame.f_back
            if frame is not None and frame.f_globals.get("open") is open_as_ascii:
                return "ascii"
        return real(encoding, *more)

    with mock.patch.object(io, "text_encoding", text_encoding):
        yield
