"""Look at what Dagster's engine gives to the functions of a solution: nobody else calls them."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from typing import Any

from dojo.engines.dagster.seams import CALL_STEP
from dojo.laws.calls import Watch


@contextlib.contextmanager
def watched_steps(watch: Watch) -> Iterator[None]:
    """Have the functions of assets and checks be looked at for the length of a block.

    Their arguments are what the engine hands out: the values of those upstream, and resources.
    """
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
