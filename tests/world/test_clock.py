"""Waits of a retry are free and recorded exactly; all other waits are real."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from dojo.world.clock import FlowRetryWaits, RetryClock, Wait, free_waits
from dojo.world.seams.libraries import WAITS

LIBRARIES = [seam.module for seam in WAITS]
OTHERS = ["concurrent.futures.thread", "prefect.flow_engine", "urllib", "dojo_solutions"]


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would really have been waited: no test here waits."""
    slept: list[float] = []

    async def sleep_async(delay: float, result: Any = None) -> Any:
        slept.append(delay)
        return result

    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(asyncio, "sleep", sleep_async)
    monkeypatch.setattr(anyio, "sleep", sleep_async)
    return slept


@pytest.fixture
def freed() -> Iterator[RetryClock]:
    clock = RetryClock()
    with free_waits(clock):
        yield clock


def module(name: str, source: str) -> dict[str, Any]:
    """Run source code as the module of that name."""
    space: dict[str, Any] = {"__name__": name}
    exec(source, space)
    return space


def wait_in(name: str, *seconds: Any) -> None:
    sleep = module(name, "import time\ndef wait(s): time.sleep(s)")["wait"]
    for one in seconds:
        sleep(one)


def test_time_out_of_the_engine_ends_a_free_wait(slept: list[float]) -> None:
    from prefect import task_engine

    clock = RetryClock()
    with free_waits(clock):
        with task_engine.timeout(seconds=300), pytest.raises(TimeoutError, match="after 300"):
            wait_in("dojo_solution", 200, 200)
        wait_in("dojo_solution", 200)

    assert (seconds_of(clock), slept) == ([200, 100, 200], [])


def seconds_of(clock: RetryClock) -> list[float]:
    return [wait.seconds for wait in clock.waits]


# Who waits


@pytest.mark.parametrize(
    "source",
    [
        "import time\ndef wait(s): time.sleep(s)",
        "from time import sleep\ndef wait(s): sleep(s)",
        "import time as t\nwait = lambda s: [t.sleep(x) for x in (s,)]",
        "import asyncio\ndef wait(s): asyncio.run(asyncio.sleep(s))",
        "import asyncio\nasync def nap(s): await asyncio.sleep(s)\n"
        "def wait(s): asyncio.run(nap(s))",
        "from asyncio import run, sleep\nasync def nap(s): await sleep(s)\n"
        "def wait(s): run(nap(s))",
        "import anyio\nasync def nap(s): await anyio.sleep(s)\ndef wait(s): anyio.run(nap, s)",
    ],
    ids=["time", "from_time", "lambda", "asyncio_run", "asyncio", "from_asyncio", "anyio"],
)
def test_solution_waits_free_and_exactly(
    freed: RetryClock, slept: list[float], source: str
) -> None:
    wait = module("dojo_solution", source)["wait"]

    for seconds in (30, 0.25, 3600):
        wait(seconds)

    assert freed.waits == [Wait(30, "solution"), Wait(0.25, "solution"), Wait(3600, "solution")]
    assert freed.elapsed_s == 3630.25
    assert sum(slept) == 0


@pytest.mark.parametrize("name", LIBRARIES)
def test_library_waits_on_behalf_of_solution(
    freed: RetryClock, slept: list[float], name: str
) -> None:
    wait_in(name, 30)

    assert freed.waits == [Wait(30, "solution")]
    assert slept == []


@pytest.mark.parametrize("name", OTHERS)
def test_others_keep_their_pace_unrecorded(
    freed: RetryClock, slept: list[float], name: str
) -> None:
    wait_in(name, 0.25, 0)

    assert freed.waits == []
    assert slept == [0.25, 0]


def test_async_waits_of_others_are_real(freed: RetryClock, slept: list[float]) -> None:
    wait = module(
        "uvicorn.server",
        "import asyncio, anyio\n"
        "async def wait(): return await asyncio.sleep(0.1, 'done'), await anyio.sleep(2)",
    )
    assert asyncio.run(wait["wait"]()) == ("done", None)

    assert freed.waits == []
    assert slept == [0.1, 2]


def test_async_wait_of_solution_gives_its_result(freed: RetryClock) -> None:
    space = module("dojo_solution", "import asyncio\ndef nap(): return asyncio.sleep(5, 'rested')")

    assert asyncio.run(space["nap"]()) == "rested"
    assert seconds_of(freed) == [5]


def test_task_engine_waits_free_as_engine(freed: RetryClock, slept: list[float]) -> None:
    wait_in("prefect.task_engine", 10, 0.5)

    assert freed.waits == [Wait(10, "engine"), Wait(0.5, "engine")]
    assert slept == []


@pytest.mark.parametrize(("asked", "waited"), [(30, 0.05), (0.01, 0.01)], ids=["long", "short"])
def test_pause_of_prefects_client_is_capped(
    freed: RetryClock, slept: list[float], asked: float, waited: float
) -> None:
    wait_in("prefect.client.base", asked)

    assert freed.waits == []
    assert slept == [waited]


def test_flow_level_retry_is_refused(freed: RetryClock, slept: list[float]) -> None:
    with pytest.raises(
        FlowRetryWaits,
        match=re.escape(
            "The flow was told to wait 30 s and start again: a flow-level retry."
            " It runs every task of the flow again, also those that had succeeded."
        ),
    ):
        wait_in("prefect.utilities.engine", 30)

    assert slept == []


def test_short_wait_for_the_server_is_real(freed: RetryClock, slept: list[float]) -> None:
    wait_in("prefect.utilities.engine", 1)

    assert slept == [1]


# What is recorded


@pytest.mark.parametrize("seconds", [0, 0.0, False])
def test_zero_wait_yields_and_is_not_recorded(
    freed: RetryClock, slept: list[float], seconds: float
) -> None:
    wait_in("dojo_solution", seconds)

    assert freed.waits == []
    assert slept == [0]


@pytest.mark.parametrize(
    ("waits", "elapsed_s"),
    [([0.1, 0.2], 0.3), ([0.0004], 0.0), ([1 / 3] * 3, 1.0)],
    ids=["decimal_fractions", "below_a_millisecond", "thirds"],
)
def test_waits_are_exact_to_the_millisecond(
    freed: RetryClock, waits: list[float], elapsed_s: float
) -> None:
    wait_in("dojo_solution", *waits)

    assert seconds_of(freed) == [round(wait, 3) for wait in waits]
    assert freed.elapsed_s == pytest.approx(elapsed_s, abs=0.0015)


def test_waits_of_threads_add_up(freed: RetryClock) -> None:
    threads = [
        threading.Thread(target=wait_in, args=("dojo_solution", *[1] * 50)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(freed.waits) == 400
    assert freed.elapsed_s == 400


def test_ten_thousandth_wait_is_the_last_free(freed: RetryClock, slept: list[float]) -> None:
    wait_in("dojo_solution", *[0.5] * 10_002)

    assert len(freed.waits) == 10_000
    assert freed.elapsed_s == 5_000
    assert slept == [0.5, 0.5]


class Count(int):
    """An integer of another type, as numpy's are."""


def test_integer_of_another_type_is_seconds(freed: RetryClock) -> None:
    wait_in("dojo_solution", Count(30))

    assert seconds_of(freed) == [30]
    assert type(freed.waits[0].seconds) is float


# What production would refuse


@pytest.mark.parametrize(
    "seconds", ["30", None, -1, -0.5, float("nan")], ids=["text", "none", "minus", "below", "nan"]
)
def test_wait_that_production_refuses_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds: Any
) -> None:
    monkeypatch.undo()  # none of these waits, all raise
    clock = RetryClock()
    with pytest.raises((TypeError, ValueError)) as real:
        time.sleep(seconds)

    with free_waits(clock), pytest.raises(real.type, match=re.escape(str(real.value))):
        wait_in("dojo_solution", seconds)

    assert clock.waits == []


def test_async_wait_for_text_is_refused(freed: RetryClock) -> None:
    space = module("dojo_solution", "import asyncio\nasync def nap(): await asyncio.sleep('30')")

    with pytest.raises(TypeError, match="'str' and 'int'"):
        asyncio.run(space["nap"]())

    assert freed.waits == []


# After the block


@pytest.mark.parametrize("failing", [False, True], ids=["done", "raised"])
def test_sleep_is_real_again_after_the_block(failing: bool) -> None:
    before = time.sleep, asyncio.sleep, anyio.sleep
    clock = RetryClock()

    def use() -> None:
        with free_waits(clock):
            assert time.sleep is not before[0]
            if failing:
                raise KeyError

    with contextlib.suppress(KeyError):
        use()

    assert (time.sleep, asyncio.sleep, anyio.sleep) == before
    wait_in("dojo_solution", 0)
    assert clock.waits == []


def test_blocks_within_blocks_record_once(freed: RetryClock, slept: list[float]) -> None:
    inner = RetryClock()
    with free_waits(inner):
        wait_in("dojo_solution", 3)
    wait_in("dojo_solution", 4)

    assert seconds_of(inner) == [3]
    assert seconds_of(freed) == [4]
    assert slept == []
