"""Lose no Ctrl-C: raised in a callback of the garbage collector, Python only prints it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

_came: list[int] = []


@contextlib.contextmanager
def noted() -> Iterator[None]:
    """Raise KeyboardInterrupt as ever, and remember that it was."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return

    def interrupt(number: int, _: object) -> None:
        _came.append(number)
        raise KeyboardInterrupt

    _came.clear()
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def raise_lost() -> None:
    """Raise a KeyboardInterrupt that came and was lost; for loops of the main thread that wait."""
    if _came and threading.current_thread() is threading.main_thread():
        _came.clear()
        raise KeyboardInterrupt


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Raise KeyboardInterrupt where a library has made another exception of it."""
    try:
        yield
    except Exception:
        raise_lost()
        raise
