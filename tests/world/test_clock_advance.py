"""A test moves the time of day forward: for the expiry of results and for the solution, only."""

from __future__ import annotations

import datetime
import importlib.util
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dojo.world.clock import SOLUTION_MODULE, RetryClock, free_waits
from tests.made_up_katas import write_checkout, write_kata

pytest_plugins = ["pytester"]

HOUR_S = 3600.0
NEAR_S = 30.0

SOLUTION = """
import calendar
import datetime
import datetime as dt
import time
HERE = dt.datetime.now().astimezone().tzinfo
from datetime import date, datetime as moment, timedelta
from time import time as seconds

import pandas as pd
try:
    import pendulum
except ImportError:  # Prefect has another one on Python 3.13
    pendulum = None

READ = {
    "time.time": lambda: time.time(),
    "from time import time": lambda: seconds(),
    "datetime.datetime.now": lambda: datetime.datetime.now().timestamp(),
    "datetime.now, with a time zone": lambda: moment.now(dt.timezone.utc).timestamp(),
    "datetime.today": lambda: moment.today().timestamp(),
    "datetime.utcnow": lambda: moment.utcnow().replace(tzinfo=dt.timezone.utc).timestamp(),
    "time.time_ns": lambda: time.time_ns() / 1e9,
    "time.gmtime": lambda: calendar.timegm(time.gmtime()),
    "time.localtime": lambda: time.mktime(time.localtime()),
    "time.strftime": lambda: time.mktime(time.strptime(time.strftime("%c"), "%c")),
    "pandas.Timestamp.now": lambda: pd.Timestamp.now().tz_localize(HERE).timestamp(),
    "pandas.Timestamp.now, with a time zone": lambda: pd.Timestamp.now("UTC").timestamp(),
    "pendulum.now": lambda: pendulum.now().timestamp(),
    "pendulum.now, with a time zone": lambda: pendulum.now("Europe/Paris").timestamp(),
    "imported in a function": lambda: imported_here(),
    "imported from, in a function": lambda: imported_from_here(),
    "inside a function": lambda: __import__("time").time(),
}

def imported_here():
    import datetime as clocks
    return clocks.datetime.now().timestamp()

def imported_from_here():
    from datetime import datetime as clock
    return clock.now().timestamp()
"""
HAS_PENDULUM = importlib.util.find_spec("pendulum") is not None
WAYS = [line.split('"')[1] for line in SOLUTION.splitlines() if line.startswith('    "')]
WAYS = [way for way in WAYS if HAS_PENDULUM or "pendulum" not in way]


@pytest.fixture
def freed() -> Iterator[RetryClock]:
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def solution(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType(SOLUTION_MODULE)
    monkeypatch.setitem(sys.modules, SOLUTION_MODULE, module)
    exec(SOLUTION, vars(module))
    return module


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@pytest.mark.parametrize("way", WAYS)
def test_solution_sees_the_time_move(solution: Any, freed: RetryClock, way: str) -> None:
    assert solution.READ[way]() == pytest.approx(time.time(), abs=NEAR_S)
    freed.advance(HOUR_S)
    freed.advance(HOUR_S)
    assert solution.READ[way]() == pytest.approx(time.time() + 2 * HOUR_S, abs=NEAR_S)


@pytest.mark.parametrize("name", ["monotonic", "perf_counter"])
def test_clocks_without_a_date_move_too(solution: Any, freed: RetryClock, name: str) -> None:
    exec(f"from time import {name} as clock, {name}_ns as fine", vars(solution))
    exec("def read(): return clock(), fine() / 1e9", vars(solution))
    before, mine = solution.read(), getattr(time, name)()
    freed.advance(HOUR_S)
    for earlier, later in zip(before, solution.read(), strict=True):
        assert later - earlier == pytest.approx(HOUR_S, abs=NEAR_S)
    assert getattr(time, name)() - mine < NEAR_S


def test_solution_sees_the_day_move(solution: Any, freed: RetryClock) -> None:
    freed.advance(48 * HOUR_S)
    expected = (datetime.datetime.now() + datetime.timedelta(days=2)).date()
    assert solution.date.today() == expected
    assert solution.moment.now() > datetime.datetime.now()


@pytest.mark.parametrize("month", [1, 7])
def test_moved_time_knows_of_summer_time(solution: Any, freed: RetryClock, month: int) -> None:
    paris, utc = ZoneInfo("Europe/Paris"), datetime.timezone.utc
    there = datetime.datetime(datetime.datetime.now().year + 2, month, 15, 12, tzinfo=utc)
    freed.advance((there - datetime.datetime.now(utc)).total_seconds())
    for seen in (solution.moment.now(paris), solution.moment.now().astimezone(utc)):
        assert abs((seen - there).total_seconds()) < NEAR_S


def test_partitions_of_dagster_move_too(freed: RetryClock) -> None:
    dagster = pytest.importorskip("dagster")
    days = dagster.DailyPartitionsDefinition(start_date="2026-01-01")
    before = days.get_last_partition_key()
    freed.advance(72 * HOUR_S)
    assert days.get_last_partition_key() > before
    assert days.get_partition_keys()[-4] >= before


def test_moved_classes_are_good_for_all_else(solution: Any, freed: RetryClock) -> None:
    freed.advance(HOUR_S)
    made = solution.moment(2026, 1, 31)
    assert type(made) is datetime.datetime
    assert isinstance(made, solution.moment)
    assert not isinstance("text", solution.moment)
    assert solution.moment.fromisoformat("2026-01-31") == made
    assert type(solution.moment.now() - solution.timedelta(days=1)) is datetime.datetime
    assert solution.datetime.timedelta is datetime.timedelta


def test_everybody_else_keeps_the_time(solution: Any, freed: RetryClock) -> None:
    other = ModuleType("another_module")
    exec(SOLUTION, vars(other))
    before = time.monotonic()
    freed.advance(100 * HOUR_S)
    assert other.READ["time.time"]() == pytest.approx(datetime.datetime.now().timestamp(), abs=9)
    assert other.READ["datetime.datetime.now"]() == pytest.approx(time.time(), abs=NEAR_S)
    assert time.monotonic() - before < NEAR_S


def test_end_of_the_block_restores_all(solution: Any) -> None:
    before, real_time, clock = dict(vars(solution)), time.time, RetryClock()
    with free_waits(clock):
        clock.advance(HOUR_S)
        assert vars(solution) != before
    assert vars(solution) == before
    assert time.time is real_time


def test_advance_counts_as_elapsed_and_not_as_wait(freed: RetryClock) -> None:
    freed.advance(10)
    freed.advance(0.5)
    freed.wait(3, "engine")
    assert (freed.advanced_s, freed.elapsed_s, len(freed.waits)) == (10.5, 13.5, 1)


def test_no_advance_moves_nothing(solution: Any, freed: RetryClock) -> None:
    real_time = time.time
    freed.advance(0)
    assert time.time is real_time


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_time_never_runs_backwards(freed: RetryClock, seconds: float) -> None:
    with pytest.raises(ValueError, match=f"from 0 up, not by {seconds!r}"):
        freed.advance(seconds)


def test_advance_needs_its_block() -> None:
    with pytest.raises(RuntimeError, match="inside `free_waits`: ask for the fixture 'clock'"):
        RetryClock().advance(1)


DEMO = """
from datetime import timedelta
from prefect import task
from prefect.cache_policies import INPUTS, TASK_SOURCE

KEPT = {"cache_policy": INPUTS + TASK_SOURCE, "cache_expiration": timedelta(hours=1)}
answers = []

@task(**KEPT)
def count(x):
    answers.append(x)
    return len(answers)

@task(**KEPT)
async def count_async(x):
    answers.append(x)
    return len(answers)

@task(retries=2, retry_delay_seconds=[10, 20])
def fail():
    raise RuntimeError("no")
"""
ENGINE_TESTS = '''
import asyncio
import datetime
import pytest

HOUR_S = 3600.0

def in_turn(count, clock):
    """Return the answers now, within the hour, after it, and twice within the next one."""
    found = [count(1)]
    for step_s in (HOUR_S - 60, 120, HOUR_S - 60, 120):
        clock.advance(step_s)
        found.append(count(1))
    return found

def test_result_expires(solution, clock, prefect_history):
    assert in_turn(solution.count, clock) == [1, 1, 2, 2, 3]
    ends = [run.states[-1] for run in prefect_history.task_runs]
    assert ends == ["Completed", "Cached", "Completed", "Cached", "Completed"]

def test_result_of_an_async_task_expires(solution, clock):
    assert in_turn(solution.count_async, clock) == [1, 1, 2, 2, 3]

def test_retries_keep_their_waits(solution, clock, prefect_history):
    clock.advance(HOUR_S)
    with pytest.raises(RuntimeError, match="no"):
        solution.fail()
    assert prefect_history.task_runs[0].delays_s == pytest.approx([10, 20], abs=0.01)
    assert [wait.seconds for wait in clock.waits] == pytest.approx([10, 20], abs=0.01)
    assert clock.elapsed_s == pytest.approx(HOUR_S + 30, abs=0.02)

def test_time_is_put_back(solution):
    import prefect.types._datetime as clocks
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((clocks.now("UTC") - now).total_seconds()) < 60
    assert clocks.now.__module__ == clocks.__name__
'''


@pytest.mark.slow
def test_engine_expires_by_the_moved_time_and_retries_by_its_own(
    pytester: pytest.Pytester,
) -> None:
    """One run on a real engine, for all that the katas rely on."""
    names = [line[4:].split("(")[0] for line in ENGINE_TESTS.splitlines() if "def test_" in line]
    lifts = 'lifts = { results = "They are to be kept for an hour." }'
    write_kata(pytester.path, DEMO, ENGINE_TESTS, *names, needs='"prefect"', more=lifts)
    write_checkout(pytester.path)
    result = pytester.runpytest_subprocess("katas/01_demo", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(names))
