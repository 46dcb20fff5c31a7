"""What the examination of 04_parallelism has run inside: each function gets the submission.

A script says how trainings go: which fail, what they predict, until when they are held.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.world.overlap import Overlap

_MANY_CORES = 64
_PATIENCE_S = 5.0  # on a busy machine the engine takes seconds to begin the next one


class SolverError(Exception):
    """An error of a library that nobody has thought of."""


_ERRORS: dict[str, type[Exception]] = {
    one.__name__: one for one in (KeyError, SolverError, TimeoutError, ValueError)
}


class _Watched(Overlap):
    """Trainings, and what was found when they began: threads of a model, limits of the engine."""

    def __init__(self) -> None:
        """Nothing is found yet."""
        super().__init__()
        self.found: list[Any] = []
        self.models: list[Any] = []


def _found(model: Any) -> Iterator[Any]:
    from prefect.context import FlowRunContext, TaskRunContext

    if getattr(model, "n_jobs", None) not in (None, 1):
        yield [type(model).__name__, model.n_jobs]
    task_run, flow_run = TaskRunContext.get(), FlowRunContext.get()
    running: list[Any] = [task_run and task_run.task, flow_run and flow_run.flow]
    limits = [one.timeout_seconds for one in running if one is not None]
    yield from (float(one) for one in limits if one is not None)


@contextlib.contextmanager
def _on_many_cores() -> Iterator[None]:
    """Have whoever counts the cores of this machine find many, for the length of a block."""
    cores = set(range(_MANY_CORES))
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(os, "sched_getaffinity", return_value=cores))
        for name in ("cpu_count", "process_cpu_count"):
            if hasattr(os, name):
                stack.enter_context(mock.patch.object(os, name, return_value=_MANY_CORES))
        yield


@contextlib.contextmanager
def _watched(script: dict[str, Any]) -> Iterator[_Watched]:
    """Have trainings go as the script says, for the length of a block."""
    import numpy

    overlap = _Watched()
    for name, (kind, text) in script.get("errors", {}).items():
        # As the system raises it: with a number, which is a part of its text.
        given = (110, text) if kind == "TimeoutError" else (text,) if text else ()
        error: Any = _ERRORS[kind](*given)
        error.__notes__ = ["while the third of five folds was fitted"]  # as `add_note` writes it
        overlap.will_fail(name, error=error)
    for name, chance in script.get("chances", {}).items():
        # XGBoost's are float32: there, what is next to 1 in a float is 1.
        own: Any = numpy.float32(chance) if chance == 1 else chance
        overlap.will_predict(**{name.replace(" ", "_"): own})
    if "hold" in script:
        overlap.hold_until(script["hold"], one_more_s=script.get("one_more_s"))
    if "order" in script:
        overlap.finish_in(*script["order"], patience_s=_PATIENCE_S)
    overlap.looks += [lambda model: overlap.found.extend(_found(model)), overlap.models.append]
    with overlap.watching():
        yield overlap


def _told(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"returned": call()}
    except (Exception, asyncio.CancelledError, futures.CancelledError) as error:
        return {"raised": type(error).__name__, "text": str(error)}


def _seen(overlap: _Watched) -> dict[str, Any]:
    return {
        "peak": overlap.peak,
        "finished": overlap.finished,
        "found": overlap.found,
        "models": len({id(one) for one in overlap.models}),
        "trained": sorted([one.name, one.rows, one.seed] for one in overlap.trainings),
    }


def _columns(*parts: Any) -> list[list[float | None]]:
    """Return the columns of a table, in an order of their own; a blank as None."""
    import numpy

    numbers = numpy.asarray(numpy.column_stack(parts), dtype=float)
    columns = sorted(numpy.where(numpy.isnan(numbers), numpy.inf, numbers).T.tolist())
    return [[None if one == numpy.inf else one for one in column] for column in columns]


def judge(
    subject: Any,
    _: Path,
    script: dict[str, Any],
    table: Any,
    labels: list[int],
    times: int,
    name: str,
    seed: int,
) -> dict[str, Any]:
    """Train one candidate, on the table as often as `times` says, and tell what it was given."""
    import pandas

    features = table.set_axis(labels)
    if times > 1:
        features = pandas.concat([features] * times, ignore_index=True)
    has_threads = name in ("random forest", "xgboost")
    cores = _on_many_cores() if has_threads else contextlib.nullcontext()
    with cores, _watched(script) as overlap:
        told = _told(lambda: subject.train_one(name, features, seed))
    learnt, judged = [], []
    if times == 1 and len(overlap.trainings) == len(overlap.judged) == 1:
        (one,) = overlap.trainings
        learnt, judged = _columns(one.table, one.labels), _columns(overlap.judged[0])
    return {**told, **_seen(overlap), "learnt": learnt, "judged": judged}


def judge_corrected(
    subject: Any, _: Path, script: dict[str, Any], table: Any, name: str, seed: int
) -> list[Any]:
    """Train one candidate, correct the labels of the frame in their place, and train it again."""
    found: list[Any] = []
    for _again in range(2):
        with _watched(script) as overlap:
            told = _told(lambda: subject.train_one(name, table, seed))
        labels = [list(map(int, one.labels)) for one in overlap.trainings]
        found.append([told.get("returned"), told.get("text"), labels])
        table["churned"] = 1 - table["churned"]
    return found


def compare(
    subject: Any, _: Path, script: dict[str, Any], table: Any, *asked: dict[str, Any]
) -> dict[str, Any]:
    """Compare candidates; asked several times, in as many threads at the same time."""
    helped = contextlib.ExitStack()
    if script.get("two_at_once"):
        helped.enter_context(_first_two_end_together())
    if script.get("is_long"):
        helped.enter_context(_a_long_night())
    with helped, _watched(script) as overlap:

        def call(one: dict[str, Any]) -> dict[str, Any]:
            return _told(lambda: subject.compare_models(table, **one))

        if len(asked) == 1:
            told = [call(asked[0])]
        else:
            with futures.ThreadPoolExecutor() as pool:
                begun = [pool.submit(contextvars.copy_context().run, call, one) for one in asked]
                told = [one.result() for one in begun]
    return {"told": told, **_seen(overlap)}


@contextlib.contextmanager
def _first_two_end_together() -> Iterator[None]:
    """Have a flow that submits to a pool notice that the first two have ended at one moment."""
    from prefect.task_runners import ThreadPoolTaskRunner

    begun: list[Any] = []
    real = ThreadPoolTaskRunner.submit

    def submit(*args: Any, **more: Any) -> Any:
        begun.append(real(*args, **more))
        if len(begun) == 2:
            futures.wait([one.wrapped_future for one in begun], timeout=_PATIENCE_S)
        return begun[-1]

    with mock.patch.object(ThreadPoolTaskRunner, "submit", submit):
        yield


@contextlib.contextmanager
def _a_long_night() -> Iterator[None]:
    """Have the submission's waits of a minute or more end early, as if that time had passed."""
    real = threading.Condition.wait

    def wait(condition: threading.Condition, timeout: float | None = None) -> bool:
        is_long = timeout is not None and timeout >= 60
        return real(condition, 0.2 if is_long and _is_submissions() else timeout)

    with mock.patch.object(threading.Condition, "wait", wait):
        yield


def _is_submissions() -> bool:
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__") != "dojo_solution":
        frame = frame.f_back
    return frame is not None
