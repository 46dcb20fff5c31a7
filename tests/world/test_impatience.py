"""A limited wait of a solution is over at once; all other waits are as they were."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from dojo.world.clock import SOLUTION_MODULE
from dojo.world.impatience import impatience

GAVE_UP = (TimeoutError, futures.TimeoutError, asyncio.TimeoutError)  # one, from 3.11 on
WAYS = {
    "result": "def f(job): return job.result(timeout=30)",
    "exception": "def f(job): return job.exception(30)",
    "as_completed": "def f(job): return [one.result() for one in as_completed([job], timeout=30)]",
    "wait": "def f(job): return [one.result() for one in wait([job], timeout=30).done][0]",
    "wait_for": (
        "def f(job):\n"
        " async def inner(): return await asyncio.wait_for(asyncio.wrap_future(job), 30)\n"
        " return asyncio.run(inner())"
    ),
    "asyncio.wait": (
        "def f(job):\n"
        " async def inner():\n"
        "  done, _ = await asyncio.wait([asyncio.wrap_future(job)], timeout=30)\n"
        "  return done.pop().result()\n"
        " return asyncio.run(inner())"
    ),
}
PATIENT = {
    "result": "def f(job): return job.result()",
    "looks": "def f(job):\n while not wait([job], timeout=5).done: pass\n return job.result()",
    "sleeps": (
        "def f(job):\n"
        " async def inner():\n"
        "  while not job.done(): await asyncio.sleep(0.05)\n"
        "  return job.result()\n"
        " return asyncio.run(inner())"
    ),
}


def written(code: str, module: str = SOLUTION_MODULE) -> Callable[[Future[int]], Any]:
    space: dict[str, Any] = {
        "__name__": module,
        "asyncio": asyncio,
        "time": time,
        "as_completed": futures.as_completed,
        "wait": futures.wait,
    }
    exec(code, space)
    function: Callable[[Future[int]], Any] = space["f"]
    return function


def work(until: threading.Event) -> int:
    until.wait(5)
    return 7


@pytest.mark.parametrize("way", WAYS)
def test_who_waits_for_a_while_gives_up(way: str) -> None:
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool, impatience() as cut:
        job = pool.submit(work, go_on)
        with pytest.raises((*GAVE_UP, IndexError, KeyError)):
            written(WAYS[way])(job)
        go_on.set()
    assert [round(one) for one in cut] == [30]


@pytest.mark.parametrize("way", PATIENT)
def test_who_waits_to_the_end_gets_there(way: str) -> None:
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool, impatience():
        job = pool.submit(work, go_on)
        threading.Timer(0.1, go_on.set).start()
        assert written(PATIENT[way])(job) == 7


def test_others_wait_as_long_as_they_say() -> None:
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool, impatience() as cut:
        job = pool.submit(work, go_on)
        threading.Timer(0.1, go_on.set).start()
        assert written(WAYS["result"], "elsewhere")(job) == 7
    assert not cut


def test_who_looks_at_the_clock_gives_up() -> None:
    code = (
        "def f(job):\n"
        " end = time.monotonic() + 300\n"
        " while not job.done():\n"
        "  if time.monotonic() > end: raise TimeoutError\n"
        " return job.result()"
    )
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool, impatience():
        job = pool.submit(work, go_on)
        with pytest.raises(TimeoutError):
            written(code)(job)
        before = time.monotonic()
        assert time.monotonic() - before < 60, "everybody else has the usual time"
        go_on.set()


def test_run_that_the_engine_is_to_end_has_ended() -> None:
    engine = pytest.importorskip("prefect.flow_engine")
    with impatience() as cut:
        with engine.timeout():
            time.sleep(0.05)
        with pytest.raises(TimeoutError), engine.timeout(seconds=300):
            time.sleep(5)
    assert cut == [300]
