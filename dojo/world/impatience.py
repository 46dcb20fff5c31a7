"""End at once each wait of a solution that would end after a while: who waits so, gives up.

A wait without a limit lasts as it does elsewhere, and so do the waits of tests and engines: who
waits is read from the calling frames. One that is only a look now and then still gets there, unless
it looks at the clock as well: an hour passes between two such looks. A run that the engine is to
end after a while has ended then.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any
from unittest import mock

from dojo.world.clock import SOLUTION_MODULE
from dojo.world.seams.prefect import FUTURES_WAIT, TIMEOUTS

_AT_MOST_S = 0.02
_BETWEEN_LOOKS_S = 3600.0
_CLOCKS = ("monotonic", "perf_counter", "time")
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


def _read_by_the_solution(real: Callable[[], float]) -> Callable[[], float]:
    """Return a clock of `time` by which an hour passes between two looks of the solution."""
    looks = 0

    def read() -> float:
        nonlocal looks
        module = str(sys._getframe(1).f_globals.get("__name__", ""))
        if module.split(".", 1)[0] != SOLUTION_MODULE:
            return real()
        looks += 1
        return real() + looks * _BETWEEN_LOOKS_S

    return read


def _ended_soon(real: Any, cut: list[float]) -> Any:
    """Return the engine's time-out for a run, which is over at once if there is one."""

    def timeout(
        seconds: float | None = None, timeout_exc_type: type[Exception] = TimeoutError
    ) -> Any:
        if seconds is not None:
            cut.append(seconds)
            seconds = min(seconds, _AT_MOST_S)
        return real(seconds=seconds, timeout_exc_type=timeout_exc_type)

    return timeout


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

    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(threading.Condition, "wait", wait))
        stack.enter_context(mock.patch.object(asyncio.BaseEventLoop, "call_at", call_at))
        for name in _CLOCKS:
            read = _read_by_the_solution(getattr(time, name))
            stack.enter_context(mock.patch.object(time, name, read))
        for seam in TIMEOUTS:
            if seam.module in sys.modules:
                stack.enter_context(seam.replaced(_ended_soon(seam.read(), cut)))
        yield cut
