"""Run the scoring at its hour, on arrival of data, and where something is stale; tell of failures.

Nobody presses a button. What decides is told the moment, the cursor, the versions: it asks no clock
and remembers nothing by itself.
"""

from pathlib import Path

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


def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask each night for one run of `scoring`: the partition of the day that has just ended.

    At 3:00 in Paris, summer and winter. It runs as soon as it is deployed. The day follows from the
    scheduled moment, however late the tick is evaluated, and is the run key: a tick that is
    evaluated twice makes one run. Ticks before 2 January 2026, when no day has a partition yet, do
    not matter.
    """
    # TODO(kata): task 1.
    raise NotImplementedError


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
    # TODO(kata): task 2.
    raise NotImplementedError


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
    # TODO(kata): task 3.
    raise NotImplementedError


def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    """Tell the chat once of each failed run, of whatever job deployed with it, in one message.

    Also of a run that Dagster is going to start again, or that was one. It names the job, the run's
    id, and for each step that failed (there may be none: the machine is gone) its step key, and the
    first line that Dagster has of its own error, the innermost cause (of `raise A from B` that is
    B), if it has one: of a step whose machine is gone `error` may be None. It runs as soon as it is
    deployed. A chat that is down, whatever Exception `send` raises, does not make the sensor fail,
    which Dagster would try again for ever: it is noted in the sensor's log.
    """
    # TODO(kata): task 4.
    raise NotImplementedError
