"""End at once each wait of a solution that would end after a while: who waits so, gives up.

A wait without a limit lasts as it does elsewhere, and so do the waits of tests and engines: who
waits is read from the calling frames. One that is only a look now and then still gets there.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from typing import Any
from unittest import mock

from dojo.world.clock import SOLUTION_MODULE
from dojo.world.seams.prefect import FUTURES_WAIT

_AT_MOST_S = 0.02
_ON_BEHALF = ("threading", "concurrent.futures", FUTURES_WAIT.module, "asyncio")


def _who_waits() -> tuple[str, str]:
    """Name the module that waits, past those that wait on its behalf, and what it called there."""
    frame, called = sys._getframe(2), ""
    while frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith(_ON_BEHALF):
            return module.split(".", 1)[0], called
        frame, called = frame.f_back, frame.f_code.co_name
    return "", called


@contextlib.contextmanager
def impatience() -> Iterator[list[float]]:
    """Cut the waits of the solution that have a limit; yield those limits, in seconds."""
    cut: list[float] = []
    real_wait, real_call_at = threading.Condition.wait, asyncio.BaseEventLoop.call_at

    def wait(self: threading.Condition, timeout: float | None = None) -> bool:
        who, called = _who_waits()
        if timeout is None or timeout <= _AT_MOST_S or who != SOLUTION_MODULE:
            return real_wait(self, timeout)
        cut.append(timeout)
        if real_wait(self, _AT_MOST_S):
            return True
        if called == "as_completed":  # it would look at its clock, and wait again
            raise futures.TimeoutError("the limit of the wait has passed")
        return False

    def call_at(self: Any, when: float, *rest: Any, **more: Any) -> Any:
        who, called = _who_waits()
        soon = self.time() + _AT_MOST_S
        if when > soon and who == SOLUTION_MODULE and called != "sleep":
            cut.append(when - self.time())
            when = soon
        return real_call_at(self, when, *rest, **more)

    with (
        mock.patch.object(threading.Condition, "wait", wait),
        mock.patch.object(asyncio.BaseEventLoop, "call_at", call_at),
    ):
        yield cut
