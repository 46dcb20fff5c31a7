"""Make waiting free, and record it exactly.

Only the waits of a retry are made free: those of Prefect's task engine, and those of the solution
or of a library that waits on its behalf. Who is waiting is read from the calling frame, so that
Prefect's own threads, which also call `time.sleep`, keep their pace.

A test may also move the time of day forward: for the expiry of cached results, and for what the
solution itself reads. All other clocks stay (retries are scheduled, states are stamped by them).
freezegun moves all of them, on Python 3.13 all but the one that matters here, and costs 0.5 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Literal
from unittest import mock

from dojo.world import time_of_day
from dojo.world.seams import libraries, prefect

SOLUTION_MODULE = "dojo_solution"
SOLUTION_MODULE_ELSEWHERE = "dojo_solution_elsewhere"

_LIBRARIES_THAT_WAIT = {seam.library for seam in libraries.WAITS}
_ENGINE = {seam.module for seam in prefect.ENGINE_WAITS}
_CLIENT = {seam.module for seam in prefect.CLIENT_WAITS}
_FLOW = tuple({seam.module for seam in prefect.FLOW_WAITS})
_MANY_WAITS = 10_000
_LONGEST_SERVER_WAIT_S = 1.0
_CLIENT_PAUSE_S = 0.05
_DAY_S = 86400

_named: ContextVar[float | None] = ContextVar("named_delay_s", default=None)
_ends: ContextVar[tuple[float, Exception] | None] = ContextVar("ends_at_s", default=None)


# Who is told of each move of a test's clock, as it happens: what moved it, and by how much.
Told = Callable[[Literal["engine", "solution", "test"], float], None]
_hearing: list[Told] = []


@contextlib.contextmanager
def heard(told: Told) -> Iterator[None]:
    """Tell each free wait, and each move of the time of day, for the length of a block."""
    _hearing.append(told)
    try:
        yield
    finally:
        _hearing.remove(told)


class FlowRetryWaits(RuntimeError):
    """A flow-level retry asked the server to wait; a kata's clock cannot make that free."""


@dataclasses.dataclass(frozen=True)
class Wait:
    """One wait that was made free.

    Attributes:
        seconds: How long it would have been, exact to the millisecond.
        by: Whether Prefect's engine waited, or the solution itself (or a library it called).
        holds_a_loop: Whether all else in the event loop of its thread would have waited as well.
    """

    seconds: float
    by: Literal["engine", "solution"]
    holds_a_loop: bool = dataclasses.field(default=False, compare=False)


class RetryClock:
    """The waits of one test, in their order, and the time they add up to."""

    def __init__(self) -> None:
        """Start at zero."""
        self.waits: list[Wait] = []
        self.advanced_s = 0.0
        self._elapsed_s = 0.0
        self._lock = threading.Lock()
        self._moved: contextlib.ExitStack | None = None

    @property
    def elapsed_s(self) -> float:
        """Return the seconds waited and advanced so far, all threads added up."""
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        """Move the time of day forward, as Prefect's cache expiry and the solution see it.

        Nobody waits, and `waits` does not have it. Which clocks of the solution move is said in
        `time_of_day`. The end of `free_waits` puts all of it back.

        Args:
            seconds: How far; calls add up.

        Raises:
            ValueError: It is not a number of seconds from 0 up: time does not run backwards.
            RuntimeError: There is no block of `free_waits` around it.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"a clock advances by seconds from 0 up, not by {seconds!r}")
        if self._moved is None:
            raise RuntimeError("a clock advances inside `free_waits`: ask for the fixture 'clock'")
        if not self.advanced_s and seconds:
            self._moved.enter_context(time_of_day.moved(SOLUTION_MODULE, lambda: self.advanced_s))
        with self._lock:
            self.advanced_s += seconds
            self._elapsed_s = round(self._elapsed_s + seconds, 3)
        for told in list(_hearing):
            told("test", seconds)

    def advance_to(self, hour: int, minute: int = 0) -> None:
        """Move the time of day forward to the next moment at which local clocks show this time."""
        now = dt.datetime.now()
        to = now.replace(hour=hour, minute=minute)
        self.advance((to - now).total_seconds() % _DAY_S)

    def wait(
        self, seconds: float, by: Literal["engine", "solution"], *, holds_a_loop: bool = False
    ) -> bool:
        """Record a wait; return whether it was free (a runaway loop of waits is not)."""
        if not seconds > 0:
            return True
        with self._lock:
            if len(self.waits) >= _MANY_WAITS:
                return False
            self.waits.append(Wait(round(float(seconds), 3), by, holds_a_loop))
            self._elapsed_s = round(self._elapsed_s + seconds, 3)
        for told in list(_hearing):
            told(by, seconds)
        return True


def _decide(clock: RetryClock, seconds: float, *, in_a_loop: bool = False) -> float:
    """Return how long the caller's caller is to wait really; record the wait if it is free.

    Args:
        clock: Records it.
        seconds: How long it is to be.
        in_a_loop: Whether it holds up the event loop of its thread.
    """
    module = str(sys._getframe(2).f_globals.get("__name__", ""))
    package = module.split(".", 1)[0]
    if module in _ENGINE:
        named = _named.get()
        _named.set(None)
        exact = seconds if named is None else named
        return 0.0 if clock.wait(exact, "engine") else seconds
    if module in _CLIENT:
        return min(seconds, _CLIENT_PAUSE_S)
    if module.startswith(_FLOW) and seconds > _LONGEST_SERVER_WAIT_S:
        raise FlowRetryWaits(
            f"The flow was told to wait {seconds:g} s and start again: a flow-level retry."
            " It runs every task of the flow again, also those that had succeeded."
        )
    if package == SOLUTION_MODULE or package in _LIBRARIES_THAT_WAIT:
        end = _ends.get()
        if end is not None and clock.elapsed_s + seconds > end[0]:
            clock.wait(end[0] - clock.elapsed_s, "solution")
            raise end[1]
        is_free = clock.wait(seconds, "solution", holds_a_loop=in_a_loop)
        return 0.0 if is_free else seconds
    return seconds


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _ended_by_the_engine(clock: RetryClock, real: Any) -> Any:
    """Return the engine's time-out for a run, which a free wait reaches as a real one would."""

    @contextlib.contextmanager
    def timeout(
        seconds: float | None = None, timeout_exc_type: type[Exception] = TimeoutError
    ) -> Iterator[None]:
        end = _ends.get()
        if seconds is not None and (end is None or clock.elapsed_s + seconds < end[0]):
            said = f"Scope timed out after {seconds} second(s)."
            end = clock.elapsed_s + seconds, timeout_exc_type(said)
        token = _ends.set(end)
        try:
            with real(seconds=seconds, timeout_exc_type=timeout_exc_type):
                yield
        finally:
            _ends.reset(token)

    return timeout


def delays_named(real_timedelta: Any, note: Callable[[float], object]) -> Any:
    """Return the engine's `timedelta`, which notes the delay in seconds that a retry is given.

    Only there does the engine name it. What it waits for, and what its state tells, is the time
    left until then: on a busy machine, milliseconds less.
    """

    def timedelta(**units: Any) -> dt.timedelta:
        delta: dt.timedelta = real_timedelta(**units)  # refuses what is no number
        if "seconds" in units:
            note(float(units["seconds"]))
        return delta

    return timedelta


@contextlib.contextmanager
def free_waits(clock: RetryClock) -> Iterator[None]:
    """Make the waits of retries free for the length of a block; load the solution inside it."""
    real_sleep, real_asyncio_sleep = time.sleep, asyncio.sleep

    def sleep(seconds: Any, /) -> None:
        is_number = isinstance(seconds, float) or hasattr(type(seconds), "__index__")
        if not is_number or not seconds >= 0:
            real_sleep(seconds)  # raises, as it would in production: a header is text, say
        left = _decide(clock, seconds, in_a_loop=_is_in_a_loop())
        if left or not seconds:
            real_sleep(left)

    def asyncio_sleep(delay: float, result: Any = None) -> Any:
        return real_asyncio_sleep(_decide(clock, delay), result)

    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(time, "sleep", sleep))
        stack.enter_context(mock.patch.object(asyncio, "sleep", asyncio_sleep))
        if libraries.SLEEP.module in sys.modules:
            real_anyio_sleep = libraries.SLEEP.read()

            def anyio_sleep(delay: float) -> Any:
                return real_anyio_sleep(_decide(clock, delay))

            stack.enter_context(libraries.SLEEP.replaced(anyio_sleep))
        for seam in prefect.TIMEOUTS:
            if seam.module in sys.modules:
                stack.enter_context(seam.replaced(_ended_by_the_engine(clock, seam.read())))
        if prefect.RETRY_DELAYS.module in sys.modules:
            exact = delays_named(prefect.RETRY_DELAYS.read(), _named.set)
            stack.enter_context(prefect.RETRY_DELAYS.replaced(exact))
        clock._moved = stack
        try:
            yield
        finally:
            clock._moved = None
