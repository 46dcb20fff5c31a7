"""Run the scoring at its hour, on arrival of data, and where something is stale; tell of failures.

Nobody presses a button. What decides is told the moment, the cursor, the versions: it asks no clock
and remembers nothing by itself.
"""

import datetime
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="Europe/Paris")


@dg.asset(partitions_def=days)
def daily_scores(context: dg.AssetExecutionContext) -> None:
    """The scores of one day in Paris (given)."""
    context.log.info(f"scoring {context.partition_key}")


@dg.op
def import_customers(context: dg.OpExecutionContext) -> None:
    """Import the export that the run's tag `export` names (given)."""
    context.log.info(f"importing {context.run.tags['export']}")


@dg.job
def import_export() -> None:
    """Import one export (given)."""
    import_customers()


class Inbox(dg.ConfigurableResource):
    """The folder that exports arrive in (given)."""

    folder: str

    def files(self) -> list[tuple[int, str]]:
        """Return when each file was modified, in nanoseconds, and its name; in no order."""
        return [(path.stat().st_mtime_ns, path.name) for path in Path(self.folder).iterdir()]


class Chat(dg.ConfigurableResource):
    """Where the team reads (given): one line a message in a file here, a webhook at work."""

    path: str

    def send(self, text: str) -> None:
        """Send a message of one line."""
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(text.replace("\n", " ") + "\n")


scoring = dg.define_asset_job("scoring", [daily_scores])


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask each night for one run of `scoring`: the partition of the day that has just ended.

    At 3:00 in Paris, summer and winter. It runs as soon as it is deployed. The day follows from the
    scheduled moment, however late the tick is evaluated, and is the run key: a tick that is
    evaluated twice makes one run. Ticks before 2 January 2026, when no day has a partition yet, do
    not matter.
    """
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day)


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(
    context: dg.SensorEvaluationContext, inbox: Inbox
) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run of `import_export` for each export that has arrived since the last tick.

    An export is a file that ends in `.csv`; whatever else is in the inbox is still being written.
    Each run has the tag `export`, the file's name, the oldest first. A file modified after it was
    imported is a correction, and imported again. The cursor remembers the newest modification of an
    export seen, in nanoseconds after 1970, as text, and nothing else: one that is not newer counts
    as seen. The run key is of this name and this modification: should the cursor be lost, no run is
    made twice.

    It runs as soon as it is deployed. Where nothing has arrived, it says so (`SkipReason`).
    """
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh
    ]
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))


def make_definitions(settings: dict) -> dg.Definitions:
    """Define `customers`, `features` (made of customers) and `churn_model` (made of features).

    Dagster's automation asks for features and model, and only for what is stale: features where the
    customers have been made again or the settings are others than before; the model where the
    features are made again. New settings count also if features are being made when they are
    deployed. It never asks for the customers, which are imported, nor for anything because the same
    settings were deployed again, or because of the hour. What it asks for while there are no
    customers yet does not matter.

    Args:
        settings: What features are made with, as `json.load` gives it; may be empty. Equal JSON is
            the same settings, whatever the order of the keys; any other JSON is other settings
            (but whether 1, 1.0 and true are equal does not matter).

    Returns:
        The three assets, no schedule and no sensor. Their values do not matter here.
    """
    version = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    when_stale = dg.AutomationCondition.eager()

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=when_stale | dg.AutomationCondition.code_version_changed(),
    )
    def features() -> dict:
        return settings

    @dg.asset(deps=[features], automation_condition=when_stale)
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    """Tell the chat once of each failed run, of whatever job deployed with it, in one message.

    Also of a run that Dagster is going to start again, or that was one. It names the job, the run's
    id, and for each step that failed (there may be none: the machine is gone) its step key, and the
    first line that Dagster has of its own error, the innermost cause (of `raise A from B` that is
    B), if it has one: of a step whose machine is gone `error` may be None. It runs as soon as it is
    deployed. A chat that is down, whatever Exception `send` raises, does not make the sensor fail,
    which Dagster would try again for ever: it is noted in the sensor's log.
    """
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(f"the chat is down: {error!r}")


def _describe_failures(events: list) -> Iterator[str]:
    """Yield step and error of each step failure; Dagster's own error is only the outermost."""
    for event in events:
        error = event.event_specific_data.error
        while error and error.cause:
            error = error.cause
        yield f"{event.step_key}: {error.message.strip().splitlines()[0] if error else 'gone'}"


defs = dg.Definitions(
    assets=[daily_scores],
    jobs=[scoring, import_export],
    schedules=[nightly],
    sensors=[exports_arrived, alert_on_failure],
    resources={
        "inbox": Inbox(folder=dg.EnvVar("CHURN_INBOX")),
        "chat": Chat(path=dg.EnvVar("CHURN_CHAT")),
    },
)


def _demo(folder: str) -> None:
    """Evaluate the schedule, the sensor and the conditions, as Dagster's daemon would."""
    with dg.DagsterInstance.ephemeral(tempdir=folder) as instance:
        for date in ((2026, 3, 28), (2026, 3, 29)):
            moment = datetime.datetime(*date, 3, tzinfo=ZoneInfo("Europe/Paris"))
            context = dg.build_schedule_context(
                instance, moment, repository_def=defs.get_repository_def()
            )
            request = nightly.evaluate_tick(context).run_requests[0]
            print(f"at {moment}: score {request.partition_key}")
        inbox, cursor = Inbox(folder=folder), None
        for name in ("monday.csv", "tuesday.csv.part", "tuesday.csv"):
            Path(folder, name).write_text("customer_id\n", encoding="utf-8")
            tick = exports_arrived.evaluate_tick(
                dg.build_sensor_context(instance, cursor=cursor, resources={"inbox": inbox})
            )
            asked = [request.tags["export"] for request in tick.run_requests or []]
            print(f"{name} arrives: import {asked}")
            cursor = tick.cursor or cursor
        found = None
        for what, settings in (("deployed", {"blanks": 0}), ("new settings", {"blanks": 1})):
            made = make_definitions(settings)
            if found is None:
                dg.materialize(made.assets, instance=instance)
            cursor = found.cursor if found else None
            found = dg.evaluate_automation_conditions(made, instance, cursor=cursor)
            keys = [dg.AssetKey(name) for name in ("features", "churn_model")]
            names = [key.to_user_string() for key in keys if found.get_num_requested(key)]
            print(f"{what}: make {names}")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        _demo(folder)
