"""Move the time of day for the solution, for Prefect's expiries and for Dagster's partitions.

Whoever asks is read from the calling frame; all others keep the time. Of the solution's clocks
those move that `time`, `datetime`, `pandas` and `pendulum` have, imported wherever in its file.
"""

from __future__ import annotations

import builtins
import contextlib
import datetime
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from dojo.ground.libraries.seam import Seam
from dojo.world.seams import dagster, libraries, prefect

_SECONDS = ("time", "monotonic", "perf_counter")
_NANOSECONDS = ("time_ns", "monotonic_ns", "perf_counter_ns")
_OF_A_MOMENT = ("localtime", "gmtime", "ctime")  # of now, unless they are told another one

Plus = Callable[[Any], Any]


@contextlib.contextmanager
def moved(module: str, by_s: Callable[[], float]) -> Iterator[None]:
    """Move the time for the length of a block.

    Args:
        module: The name of the solution's module, already loaded or not.
        by_s: Tells how far, in seconds, whenever somebody asks.
    """
    asks = _Asking(module, by_s)
    clocks = _time_for(asks)
    stand_ins = {id(getattr(time, name)): clock for name, clock in clocks.items()}
    stand_ins |= _datetime_for(asks)
    solution: Any = sys.modules.get(module)
    names = list(vars(solution).items()) if solution else []
    with contextlib.ExitStack() as stack:
        for name, clock in clocks.items():
            stack.enter_context(mock.patch.object(time, name, clock))
        for name, value in names:
            if id(value) in stand_ins:
                stack.enter_context(mock.patch.object(solution, name, stand_ins[id(value)]))
        for seam in libraries.CLOCKS:
            _replace(stack, seam, lambda real: asks.shifted(real, asks.later))
        _replace(stack, prefect.NOW, lambda real: _prefects(real, asks))
        _replace(stack, dagster.NOW, lambda _: _now_in_utc(asks))
        real_import = builtins.__import__

        def importing(name: str, globals: Any = None, *more: Any, **named: Any) -> Any:
            found = real_import(name, globals, *more, **named)
            inside = globals and globals.get("__name__") == module
            return stand_ins.get(id(found), found) if inside else found

        stack.enter_context(mock.patch.object(builtins, "__import__", importing))
        yield


def _replace(stack: contextlib.ExitStack, seam: Seam, around: Callable[[Any], Any]) -> None:
    """Replace a library's clock, if somebody has imported the library."""
    if seam.library in sys.modules:
        stack.enter_context(seam.replaced(around(seam.read())))


class _Asking:
    """Knows who is to see the time moved, and how far."""

    def __init__(self, module: str, by_s: Callable[[], float]) -> None:
        self.module = module
        self.by_s = by_s

    def later(self, moment: Any) -> Any:
        return moment + datetime.timedelta(seconds=self.by_s())

    def shifted(self, real: Callable[..., Any], plus: Plus) -> Callable[..., Any]:
        """Return a clock that is moved for the solution only."""

        def read(*args: Any, **named: Any) -> Any:
            found = real(*args, **named)
            is_asking = sys._getframe(1).f_globals.get("__name__") == self.module
            return plus(found) if is_asking else found

        return read


def _time_for(asks: _Asking) -> dict[str, Callable[..., Any]]:
    real_time, real_strftime = time.time, time.strftime
    clocks = {name: asks.shifted(getattr(time, name), _adding(asks, 1)) for name in _SECONDS}
    clocks |= {name: asks.shifted(getattr(time, name), _adding(asks, 1e9)) for name in _NANOSECONDS}
    for name in _OF_A_MOMENT:
        clocks[name] = _of_now(asks, getattr(time, name), lambda: real_time() + asks.by_s())
    local = time.localtime
    clocks["strftime"] = _of_now(asks, real_strftime, lambda: local(real_time() + asks.by_s()), 1)
    return clocks


def _adding(asks: _Asking, unit: float) -> Plus:
    return lambda found: found + type(found)(asks.by_s() * unit)


def _of_now(
    asks: _Asking, real: Callable[..., Any], now: Callable[[], Any], given: int = 0
) -> Callable[..., Any]:
    """Return a function that is told, by the solution, the moved moment in place of none."""

    def read(*args: Any) -> Any:
        is_asking = sys._getframe(1).f_globals.get("__name__") == asks.module
        return real(*args, now()) if is_asking and len(args) == given else real(*args)

    return read


def _prefects(real_now: Callable[..., Any], asks: _Asking) -> Callable[..., Any]:
    """Return Prefect's clock, moved for who reads an expiry and who writes one.

    Retries and states keep their own time.
    """
    read = prefect.EXPIRY_READ.module
    written = {(seam.module, seam.name) for seam in prefect.EXPIRY_WRITTEN}

    def now(*args: Any, **named: Any) -> Any:
        found = real_now(*args, **named)
        caller = sys._getframe(1)
        asking = (caller.f_globals.get("__name__"), caller.f_code.co_name)
        return asks.later(found) if asking[0] == read or asking in written else found

    return now


def _now_in_utc(asks: _Asking) -> Callable[[], datetime.datetime]:
    real = datetime.datetime.now

    def now() -> datetime.datetime:
        moment: datetime.datetime = asks.later(real(datetime.timezone.utc))
        return moment

    return now


class _StandIn:
    """Stands for a class or a module of which a few functions differ."""

    def __init__(self, real: Any, **different: Any) -> None:
        self._real = real
        vars(self).update(different)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __call__(self, *args: Any, **more: Any) -> Any:
        return self._real(*args, **more)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._real)


def _datetime_for(asks: _Asking) -> dict[int, Any]:
    """Return what stands for the module `datetime` and its classes, by the id of the real one.

    They are the solution's alone: a class made in C takes no other function.
    """
    in_utc = _now_in_utc(asks)

    def now(tz: datetime.tzinfo | None = None) -> datetime.datetime:
        # Moved in UTC: added to the hands of a clock, a delta does not know of summer time.
        moment = in_utc().astimezone(tz)
        return moment if tz else moment.replace(tzinfo=None)

    def utcnow() -> datetime.datetime:
        return now(datetime.timezone.utc).replace(tzinfo=None)

    moment = _StandIn(datetime.datetime, now=now, today=now, utcnow=utcnow)
    day = _StandIn(datetime.date, today=lambda: now().date())
    return {
        id(datetime.datetime): moment,
        id(datetime.date): day,
        id(datetime): _StandIn(datetime, datetime=moment, date=day),
    }
