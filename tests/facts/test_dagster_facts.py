"""What Dagster really does with retries, checks, partitions and versions: what lessons rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dagster")

# One process for all facts: importing Dagster is most of the time.
FACTS = """
import datetime, json, logging, sys
from pathlib import Path

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room
from dojo.world.clock import RetryClock

room = Room()
room.furnish()
engine.isolate(room)
logging.disable(logging.CRITICAL)
import dagster as dg
from pydantic import Field

found, days = {}, dg.DailyPartitionsDefinition("2026-01-01")
clock = RetryClock()


class Bounded(dg.Config):
    c: float = Field(1.0, gt=0)


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=3, delay=10, backoff=dg.Backoff.EXPONENTIAL))
def backing_off():
    raise ConnectionError


@dg.asset
def first():
    return 1


@dg.asset
def second(first, config: Bounded):
    return config.c


def gate(returned, **options):
    @dg.asset_check(asset=first, **options)
    def checked():
        return returned

    result = dg.materialize([first, second, checked], instance=instance, raise_on_error=False)
    made = len(result.get_asset_materialization_events())
    return [result.success, made, len(result.get_asset_check_evaluations())]


with engine.new_instance(room.path / "instance") as instance, engine.free_retries(clock):
    dg.materialize([backing_off], instance=instance, raise_on_error=False)
    found["exponential"] = [wait.seconds for wait in clock.waits]
    failed = dg.AssetCheckResult(passed=False)
    warned = dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)
    found["check"] = gate(failed)
    found["blocking"] = gate(failed, blocking=True)
    found["blocking warning"] = gate(warned, blocking=True)
    found["bool"] = gate(False, blocking=True)
    made = []
    for _ in range(2):
        result = dg.materialize([first, second], instance=instance)
        made.append(len(result.get_asset_materialization_events()))
    found["same again"] = made
    for name, value in (("out of bounds", -1.0), ("wrong type", "x")):
        before = len(instance.get_runs())
        settings = {"ops": {"second": {"config": {"c": value}}}}
        try:
            dg.materialize([first, second], instance=instance, run_config=settings)
        except Exception as error:
            found[name] = [type(error).__name__, len(instance.get_runs()) - before]

    @dg.asset(partitions_def=days)
    def daily(context):
        return 1

    def unpartitioned(**options):
        @dg.asset_check(asset=daily, **options)
        def look(daily):
            return dg.AssetCheckResult(passed=True)

        made = [daily, look]
        result = dg.materialize(
            made, instance=instance, partition_key="2026-01-05", raise_on_error=False
        )
        return result.success

    found["check of all partitions"] = unpartitioned()
    found["check of one partition"] = unpartitioned(partitions_def=days)
noon = datetime.datetime(2026, 1, 4, 12, tzinfo=datetime.timezone.utc)
found["last day"] = days.get_partition_keys(current_time=noon)[-1]
job = dg.define_asset_job("job", [first])
found["schedule"] = [
    dg.ScheduleDefinition(job=job, cron_schedule="0 3 * * *").default_status.value,
    dg.ScheduleDefinition(job=job, cron_schedule="0 3 * * *").execution_timezone,
]
room.close()
Path(sys.argv[1]).write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("facts") / "found.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FACTS, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(Path(file).read_text(encoding="utf-8")))


def test_exponential_backoff_is_no_doubling(found: dict[str, Any]) -> None:
    assert found["exponential"] == [10, 30, 70]


@pytest.mark.parametrize(
    ("check", "success", "made", "noted"),
    [
        ("check", True, 2, 1),
        ("blocking", False, 1, 1),
        ("blocking warning", True, 2, 1),
        ("bool", True, 2, 0),
    ],
)
def test_only_a_blocking_error_stops(
    found: dict[str, Any], check: str, success: bool, made: int, noted: int
) -> None:
    assert found[check] == [success, made, noted]


def test_materialize_skips_nothing(found: dict[str, Any]) -> None:
    assert found["same again"] == [2, 2]


def test_types_are_checked_before_the_run_and_bounds_in_it(found: dict[str, Any]) -> None:
    assert found["wrong type"] == ["DagsterInvalidConfigError", 0]
    assert found["out of bounds"] == ["ValidationError", 1]


def test_check_needs_the_partitions_of_its_asset(found: dict[str, Any]) -> None:
    assert found["check of all partitions"] is False
    assert found["check of one partition"] is True


def test_days_end_with_yesterday(found: dict[str, Any]) -> None:
    assert found["last day"] == "2026-01-03"


def test_schedule_is_off_and_names_no_time_zone(found: dict[str, Any]) -> None:
    assert found["schedule"] == ["STOPPED", None]
