"""Tell whose doing a call is, and put a function of ours in the place of another for a while.

It is that of the nearest frame that is neither Python's own nor that of a library that only carries
out an order.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from typing import Any

from dojo.engines import ENGINES

# They keep pools and connections for whoever asks next, as their documentation says.
_POOLS = ("joblib",)
_STANDARD = sysconfig.get_paths()["stdlib"]
_OURS = os.path.dirname(os.path.dirname(__file__))
_LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("purelib", "platlib")})


def is_by(path: str, depth: int = 2, *, through_libraries: bool = True) -> bool:
    """Say whether the caller's caller acts for a solution.

    Args:
        path: The solution's file.
        depth: How many frames up the first one is that may be the solution's.
        through_libraries: Whether a library that the solution called acts for it.
    """
    frame: Any = sys._getframe(depth)
    while frame is not None:
        file = frame.f_code.co_filename
        if file == path:
            return True
        library = next((one for one in _LIBRARIES if file.startswith(one)), None)
        if library is not None:
            if not through_libraries or file[len(library) + 1 :].startswith(_keepers()):
                return False
        elif not file.startswith((_STANDARD, _OURS, "<")):
            return False
        frame = frame.f_back
    return False


@functools.cache
def _keepers() -> tuple[str, ...]:
    return (*_POOLS, *(frame for engine in ENGINES.values() for frame in engine.frames))


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Callable[..., Any]) -> Iterator[None]:
    """Have an attribute be another value for the length of a block."""
    real = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, real)
