"""Make ninety days again after a bug: each day as its own, a few at a time, the newest first.

A day is a partition, in Paris. What is made again replaces what was there; a day that fails is
named, and made again alone; and an old day's model never takes the place of a newer one.
"""

import sqlite3
from pathlib import Path

import dagster as dg
import pandas as pd

days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="Europe/Paris")
PARTITION = "dagster/partition"  # the tag in which Dagster notes a run's partition


class Deliveries(dg.ConfigurableResource):
    """Where the calls are delivered: `<folder>/<YYYY-MM-DD>.csv`, a file each day (given)."""

    folder: str

    def read(self) -> pd.DataFrame:
        """Read what was delivered until now, in no order; `arrived` is the delivery's day."""
        frames = []
        for path in sorted(Path(self.folder).glob("*.csv"), reverse=True):
            frame = pd.read_csv(path, dtype={"call_id": str}, keep_default_na=False)
            frames.append(frame.assign(arrived=path.stem))
        columns = ["call_id", "customer_id", "happened_at", "seconds", "arrived"]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


class Store(dg.ConfigurableResource):
    """A SQLite file with the tables `features`, `models` and `champion` (given)."""

    path: str

    def connect(self) -> sqlite3.Connection:
        """Open it. `with connection:` commits what is in the block, all of it or nothing.

        Closing is yours: `with contextlib.closing(store.connect()) as connection:`.
        """
        connection = sqlite3.connect(self.path)
        for table in (
            "features (day TEXT NOT NULL, customer_id INTEGER NOT NULL, calls INTEGER NOT NULL,"
            " seconds INTEGER NOT NULL)",
            "models (version INTEGER PRIMARY KEY, day TEXT NOT NULL, weight REAL NOT NULL)",
            "champion (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL,"
            " day TEXT NOT NULL)",
        ):
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        return connection


def train(seconds: list[int]) -> float:
    """Train a model on how long each customer called: here one weight, their mean (given).

    Raises:
        ValueError: There is nobody to learn from.
    """
    if not seconds:
        raise ValueError("no customer to learn from")
    return sum(seconds) / len(seconds)


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    """Choose the calls of a day: those that happened on it in Paris, whenever they arrived.

    A call may be delivered more than once, each time whole, never twice on one day: what arrived
    last is right, also about when it happened.

    Args:
        day: YYYY-MM-DD.
        calls: All deliveries, in no order. Columns: `call_id` (text), `customer_id` (int),
            `happened_at` (text: ISO 8601 with any offset, some with fractions of a second),
            `seconds` (int), `arrived` (YYYY-MM-DD, the day of the delivery).

    Returns:
        The rows of that day as they were delivered, with the same columns, each call once, in any
        order; maybe none.
    """
    # TODO(kata): task 1.
    raise NotImplementedError


@dg.asset(partitions_def=days)
def daily_calls(context: dg.AssetExecutionContext, deliveries: Deliveries) -> pd.DataFrame:
    """The calls of the partition's day (given)."""
    return calls_of(context.partition_key, deliveries.read())


def daily_features(
    context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store
) -> None:
    """How often and how long each customer of `daily_calls` called, in the table `features`.

    Yours to declare as an asset, partitioned by `days`, one run a day, also where Dagster
    backfills. Afterwards the table holds one row for each customer who called on that day, with
    `day` as YYYY-MM-DD, and the other days as they were, however often the day is made, also where
    two runs are at work at once, of one day or of two: one waits for the other, as long as
    `connect` has it, and both succeed. A day without calls has no row, which is no failure. Where
    it fails, or its machine is gone in the middle, the table is as it was before. Each
    materialisation tells in its metadata the `rows` (int) written.
    """
    # TODO(kata): task 2.
    raise NotImplementedError


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    """Ask for the next runs of a backfill: what its sensor asks for at a tick.

    Each day of the range gets one run in this backfill, the newest first, and no more runs are
    under way at a time than `at_most`. A run belongs to the backfill if it has the tag `backfill`
    with its name, of whichever job, whoever has started it; it is under way until it has ended,
    also while it waits in a queue. One without a partition is under way like any other, and is no
    day's run; the others' partitions are days. What Dagster has noted in `instance` is all that is
    known: nothing is remembered between two ticks, and a day that failed is not asked for again.

    Args:
        instance: Where Dagster notes the runs.
        name: The backfill's.
        first: The first day, always YYYY-MM-DD.
        last: The last day; it is made too.
        at_most: How many runs may be under way, at least 1. It may be lowered between two ticks.

    Returns:
        A request a day: its partition, the tag `backfill`, and a run key of this day and backfill,
        so that a tick that is evaluated twice makes no run twice. Maybe none.

    Raises:
        ValueError: There is no day in this range, or one has no partition (it has one when it is
            over in Paris), or `at_most` is less than 1.
    """
    # TODO(kata): task 3.
    raise NotImplementedError


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    """Name the days of a backfill that are to be looked at, the newest first.

    Those of which the run that was begun last, in this backfill, has failed or was cancelled: the
    one that was created last, as `get_runs` orders them, whichever ended last. A day that is under
    way again, or was made since, is none. No range counts: all that was run under this name does.

    Args:
        instance: Where Dagster notes the runs.
        name: The backfill's.
    """
    # TODO(kata): task 4.
    raise NotImplementedError


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    """Ask for the failed days of a backfill once more, and for no other.

    As `next_runs` does: the newest first, with partition and tag, and together with all that is
    under way in this backfill never more than `at_most`. Each has a run key that none of its
    day's runs has had, the same until that day has another run in this backfill; also where
    somebody has removed runs of it, but the last one. A day that fails each time stays the first to
    be asked for, if it is the newest: somebody is to look at it.

    Args:
        instance: Where Dagster notes the runs.
        name: The backfill's.
        at_most: How many runs may be under way, at least 1: the sensor asks `next_runs` first,
            which refuses less.
    """
    # TODO(kata): task 4.
    raise NotImplementedError


def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    """The model of a day, trained on its features, as a new version in the table `models`.

    Yours to declare as an asset, too, partitioned by `days`, one run a day, made after the
    `daily_features` of that day, of what these are as it begins. The champion, the one row of the
    table `champion`, is what the campaign uses. The new version becomes the champion if there is
    none yet, or if the champion's day is not newer than the new version's: a day made again
    replaces its own model. Other rows of `models` do not count, of whatever day. Never does an
    older day take the place of a newer one, whichever of two runs at once ends last: one waits for
    the other, and both succeed. Versions from before stay. A day without calls has no model: it
    fails, by `train`. Where it fails, no version was added and the champion is as before. Each
    materialisation tells in its metadata the `version` (int), and whether it is the `champion` now
    (bool).
    """
    # TODO(kata): task 5.
    raise NotImplementedError


remake = dg.define_asset_job("remake", ["daily_calls", "daily_features", "churn_model"])


def make_backfill(
    name: str, first: str, last: str, at_most: int, *, again: bool = False
) -> dg.SensorDefinition:
    """Make the sensor of a backfill, which asks for its runs until each day has one (given).

    For Dagster all that it makes are one sensor, `backfill`: have one of them deployed at a time.
    What has failed it names. Deployed with `again` it asks for that, too, when each day has had a
    run, and after each further failure anew: until it is stopped, or deployed without.
    """

    @dg.sensor(job=remake, minimum_interval_seconds=30)
    def backfill(context: dg.SensorEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        requests = next_runs(context.instance, name, first, last, at_most)
        if again:
            requests = requests or run_again(context.instance, name, at_most)
        failed = failed_days(context.instance, name)
        return requests or dg.SkipReason(f"nothing to ask for now; failed: {failed or 'none'}")

    return backfill
