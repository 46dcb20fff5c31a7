"""Say whose a call is: a test's, or the solution's own.

Told by a context variable; Prefect hands contexts on to its threads. A thread that the solution
starts by itself has an empty context, and is marked instead.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Iterator
from contextvars import ContextVar

_inside: ContextVar[bool] = ContextVar("inside_a_solution", default=False)
_MARK = "_dojo_inside"


def file_of(function: object) -> str | None:
    """Return the file that a function is written in; None if that is not known."""
    while isinstance(function, functools.partial):
        function = function.func
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return getattr(code, "co_filename", None)


def is_inside() -> bool:
    """Say whether a call of a solution is running here: what it calls is its own affair."""
    return _inside.get() or getattr(threading.current_thread(), _MARK, False)


@contextlib.contextmanager
def inside() -> Iterator[None]:
    """Have what is called in a block, and in the contexts copied from it, be a solution's own."""
    token = _inside.set(True)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # a generator may end in another context
            _inside.reset(token)


@contextlib.contextmanager
def marked_threads() -> Iterator[None]:
    """Have threads that a solution starts know that they belong to its call."""
    real = threading.Thread.start

    @functools.wraps(real)
    def start(thread: threading.Thread) -> None:
        setattr(thread, _MARK, is_inside())
        real(thread)

    threading.Thread.start = start  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        threading.Thread.start = real  # type: ignore[method-assign]
