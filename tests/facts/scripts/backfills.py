"""Make days again with Dagster, as kata 20 tells of it: see test_backfill_facts.py."""

# ruff: noqa: E402  Dagster is imported where it finds its settings.

import contextlib
import io
import json
import logging
import sqlite3
import types
import uuid
from pathlib import Path

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
engine.isolate(room)
logging.disable(logging.CRITICAL)
import dagster as dg
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster._daemon import sensor

found = {}
days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="Europe/Paris")
REPOSITORY = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("churn"), "churn")
windows, keys = {}, []


@dg.asset(partitions_def=days)
def one_a_run(context: dg.AssetExecutionContext):
    start, end = context.partition_time_window
    real = (end.timestamp() - start.timestamp()) / 3600
    windows[context.partition_key] = [(end - start).total_seconds() / 3600, real]


@dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
def all_in_one(context: dg.AssetExecutionContext):
    keys.append(list(context.partition_keys))
    if "2026-03-02" in context.partition_keys:
        context.partition_key  # noqa: B018 - it raises


def add(instance, day, status, **tags):
    """Have Dagster know of a run that another process makes."""
    run = dg.DagsterRun(
        "remake",
        str(uuid.uuid4()),
        status=dg.DagsterRunStatus[status],
        tags={"dagster/partition": day, **tags},
        remote_job_origin=RemoteJobOrigin(REPOSITORY, "remake"),
    )
    return instance.add_run(run)


def days_of(runs):
    return [run.tags["dagster/partition"] for run in runs]


def skipped(instance, name):
    """Say whether the daemon leaves out a request of a sensor whose key a failed run has had."""
    here = types.SimpleNamespace(
        name=name, get_remote_origin=lambda: types.SimpleNamespace(repository_origin=REPOSITORY)
    )
    request = dg.RunRequest(run_key="2026-03-01")
    known = sensor.fetch_existing_runs(instance, here, [request])
    if "2026-03-01" not in known:
        return False
    kept = sensor._get_or_create_sensor_run(
        logging.getLogger(), instance, None, here, None, "new", request, None, known
    )
    return isinstance(kept, sensor.SkippedSensorRun)


with engine.new_instance(room.path / "instance") as instance:
    for day in ("2026-03-28", "2026-03-29", "2026-10-25"):
        dg.materialize([one_a_run], partition_key=day, instance=instance)
    found["hours"] = windows
    ends = {"start": "2026-03-01", "end": "2026-03-03"}
    tags = {f"dagster/asset_partition_range_{which}": day for which, day in ends.items()}
    done = dg.materialize([all_in_one], tags=tags, instance=instance, raise_on_error=False)
    found["all in one"] = [keys, done.success, len(done.get_asset_materialization_events())]
    (failure,) = [one for one in done.all_events if one.is_step_failure]
    found["its error"] = failure.event_specific_data.error.message

with engine.new_instance(room.path / "runs") as instance:
    add(instance, "1", "STARTED", backfill="fix")
    add(instance, "2", "STARTED", backfill="fix2")
    add(instance, "3", "FAILURE", backfill="fix")
    add(instance, "4", "STARTED")
    found["all runs"] = days_of(instance.get_runs())
    found["of a tag"] = days_of(instance.get_runs(filters=dg.RunsFilter(tags={"backfill": "fix"})))
    found["finished"] = {
        status.value: add(instance, "5", status.value).is_finished for status in dg.DagsterRunStatus
    }
    tags = {"dagster/run_key": "2026-03-01", "dagster/sensor_name": "backfill"}
    add(instance, "2026-03-01", "FAILURE", **tags)
    found["skipped"] = {name: skipped(instance, name) for name in ("backfill", "another")}

limits = [{"key": "dagster/backfill", "limit": 3}]
coordinator = QueuedRunCoordinator(tag_concurrency_limits=limits)
found["limits"] = coordinator.get_run_queue_config().tag_concurrency_limits

with contextlib.closing(sqlite3.connect(":memory:")) as connection:
    connection.execute("CREATE TABLE champion (day TEXT)")
    with connection:
        connection.execute("SELECT * FROM champion").fetchall()
        begun = [connection.in_transaction]
        connection.execute("INSERT INTO champion VALUES ('2026-03-01')")
        begun.append(connection.in_transaction)
    found["in a transaction"] = begun

with contextlib.redirect_stdout(io.StringIO()) as printed:
    import example_20  # noqa: F401 - it runs
found["example"] = printed.getvalue().splitlines()
room.close()
Path("found.json").write_text(json.dumps(found))
