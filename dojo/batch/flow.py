"""Be a Prefect flow run: a task run a submission, on threads of this process or a Dask cluster.

The flow is a plain function that finds its batch in a context variable: a Dask cluster gets a
pickle of the flow with each task, and what only this process has must not hang on it.
"""

from __future__ import annotations

import contextvars
import dataclasses
import os
import queue
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from dojo.ground.run_folder import forget_proxies
from dojo.world.network import is_local

# Takes the position of a piece of work, and what came of it: a value, or what was raised.
OnDone = Callable[[int, Any], None]


class NoServer(Exception):
    """There is no Prefect server to be a flow run on; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Work:
    """What a flow run is to do.

    Attributes:
        grade: Is called with a piece and its name. For a Dask cluster: a function that its workers
            can import.
        pieces: All of them; for a Dask cluster plain data.
        names: Of their task runs, in the same order.
        on_done: Is called in this thread with each outcome, as they come.
        stop: Ends at once what is in hand here, when the flow run ends early.
    """

    grade: Callable[[Any, str], Any]
    pieces: Sequence[Any]
    names: Sequence[str]
    on_done: OnDone
    stop: Callable[[], None] = lambda: None


# With how many threads; None on a cluster, which may grow.
_work: contextvars.ContextVar[tuple[Work, int | None]] = contextvars.ContextVar("work")


def run_on_threads(work: Work, jobs: int) -> None:
    """Be a flow run whose task runs are threads here.

    Args:
        work: What to do.
        jobs: How many at a time.

    Raises:
        NoServer: No Prefect server answers.
    """
    _settle()
    from prefect.task_runners import ThreadPoolTaskRunner

    _run(work, ThreadPoolTaskRunner(max_workers=jobs), jobs)


def run_on_dask(work: Work, address: str) -> None:
    """Be a flow run whose task runs are on the workers of a Dask cluster that was checked.

    Args:
        work: What to do.
        address: Of its scheduler.

    Raises:
        NoServer: No Prefect server answers.
    """
    _settle()
    from prefect_dask.task_runners import DaskTaskRunner

    _run(work, DaskTaskRunner(address=address), None)


def _settle() -> None:
    """Say what Prefect reads when it is imported, and look for its server."""
    # Two lines a task run would drown the results, and what ends a batch is said in one line: the
    # server keeps the states.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL

    cure = "start one with 'prefect server start' and name it in PREFECT_API_URL"
    address = PREFECT_API_URL.value()
    if not address:
        raise NoServer(f"there is no Prefect server for the flow run: {cure}, or take '--no-flow'")
    if is_local(urlsplit(address).hostname):
        forget_proxies(os.environ)
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
    if fault is not None:
        raise NoServer(f"no Prefect server answers at {address} ({type(fault).__name__}): {cure}")


def _run(work: Work, task_runner: Any, jobs: int | None) -> None:
    from prefect import flow

    token = _work.set((work, jobs))
    try:
        flow(name="grade-batch", task_runner=task_runner, persist_result=False)(_grade_all)()
    finally:
        _work.reset(token)


def _grade_all() -> None:
    """Grade each submission of a batch; whatever one does costs its own task run only."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    work, jobs = _work.get()
    one = task(
        name="grade-submission",
        task_run_name="{name}",
        persist_result=False,
        cache_policy=NO_CACHE,
    )(work.grade)
    left = list(enumerate(zip(work.pieces, work.names, strict=True)))[::-1]
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    position_of: dict[Any, int] = {}
    try:
        while left or position_of:
            # A few more than can be in hand: all at once would take minutes before the first
            # result is kept, and a cluster may grow.
            while left and len(position_of) < 2 * (jobs or _places()):
                position, (piece, name) = left.pop()
                future = one.submit(piece, name)
                position_of[future.task_run_id] = position
                future.add_done_callback(done.put)
            future = done.get()
            work.on_done(position_of.pop(future.task_run_id), outcome_of(future))
    except BaseException:
        work.stop()
        raise


def _places() -> int:
    """Return how many task runs a cluster can have in hand at a time."""
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    assert context is not None
    runner: Any = context.task_runner
    return max(int(sum(runner.client.nthreads().values())), 1)


def outcome_of(future: Any) -> Any:
    """Return what came of a future: its value, or what was raised instead."""
    try:
        return future.result()
    except Exception as error:
        return error
