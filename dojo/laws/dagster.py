"""Look at what Dagster's engine gives to the functions of a solution: nobody else calls them."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from dojo.engines.dagster.seams import CALL_STEP, CLOSED, OPENED
from dojo.laws.calls import Watch


@contextlib.contextmanager
def watched_steps(watch: Watch, test_file: str) -> Iterator[None]:
    """Have the functions of assets and checks be looked at for the length of a block.

    Their arguments are what the engine hands out: the values of those upstream, and resources.
    """
    del test_file
    if "dagster" not in sys.modules:
        yield
        return
    # Both ways to one function: in a run of the engine, and called directly.
    real = CALL_STEP.read()

    @functools.wraps(real)
    def invoke(fn: Any, context: Any, kwargs: Any, *more: Any, **rest: Any) -> Any:
        if not watch.owns(fn):
            return real(fn, context, kwargs, *more, **rest)
        return real(_with_name(watch, fn), context, kwargs, *more, **rest)

    with CALL_STEP.replaced(invoke):
        yield


def _with_name(watch: Watch, function: Any) -> Any:
    """Return a function that is watched; context and configuration are the engine's own."""

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Any:
        given = {key: one for key, one in kwargs.items() if key not in ("context", "config")}
        name = getattr(function, "__name__", "the step")
        return watch.make(name, function, lambda **_: function(*args, **kwargs), (), given)

    return step


_CLOSED = "_dojo_closed"


@contextlib.contextmanager
def noted_instances(noting: Callable[..., Any]) -> Iterator[None]:
    """Have instances that a solution opens be noted, and remember when they are closed.

    Args:
        noting: As `Leftovers.noting`.
    """
    if not hasattr(sys.modules.get("dagster"), "DagsterInstance"):
        yield
        return
    # The caller is one of its own functions, such as `ephemeral`.
    begun = noting(OPENED.read(), "dagster_instances", _still_open, depth=3)
    with OPENED.replaced(begun), CLOSED.replaced(_remembered(CLOSED.read())):
        yield


def _remembered(real: Any) -> Callable[[Any], None]:
    """Have an instance remember that it was closed."""

    @functools.wraps(real)
    def dispose(one: Any) -> None:
        setattr(one, _CLOSED, True)
        real(one)

    return dispose


def _still_open(one: Any) -> str:
    return "" if hasattr(one, _CLOSED) else "a Dagster instance was still open"
