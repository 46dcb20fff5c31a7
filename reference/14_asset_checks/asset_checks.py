"""Score the customers of one day behind a quality gate, and any day again without counting twice.

One run is one day, a partition. What is not fit to be scored stops at the gate; what is only
unusual is noted.
"""

import contextlib
import datetime
import logging
import os
import sqlite3
import tempfile
from pathlib import Path

import dagster as dg
import pandas as pd

EXPECTED_ROWS = 100
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]


class Exports(dg.ConfigurableResource):
    """Where the exports of the days are: `<folder>/<YYYY-MM-DD>.csv`, with a header (given)."""

    folder: str

    def read(self, day: str) -> pd.DataFrame:
        """Read the customers of one day.

        Raises:
            FileNotFoundError: There is no export of that day.
        """
        return pd.read_csv(Path(self.folder, f"{day}.csv"))


class Warehouse(dg.ConfigurableResource):
    """A SQLite file with the table `scores (day, customer_id, score)` (given)."""

    path: str

    def connect(self) -> sqlite3.Connection:
        """Open it. `with connection:` commits what is in the block, all of it or nothing.

        Closing is yours: `with contextlib.closing(warehouse.connect()) as connection:`.
        """
        connection = sqlite3.connect(self.path)
        columns = "day TEXT NOT NULL, customer_id INTEGER NOT NULL, score REAL NOT NULL"
        connection.execute(f"CREATE TABLE IF NOT EXISTS scores ({columns})")
        return connection


def score(customers: pd.DataFrame) -> pd.Series:
    """Return a number from 0 to 1 a customer: how likely she is to leave (given)."""
    weights = pd.Series([-0.01, 0.004, 0.1], index=NUMBERS)
    return (0.3 + customers[NUMBERS] @ weights).clip(0, 1)


# One partition a day, from 2026-01-01 on, and one run for each, also where Dagster backfills. A day
# begins at midnight in Paris, summer and winter, and has its partition as soon as it is over, not
# before.
days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="Europe/Paris")


@dg.asset(partitions_def=days)
def daily_customers(context: dg.AssetExecutionContext, exports: Exports) -> pd.DataFrame:
    """The export of the partition's day, as it is. Partitioned by `days`."""
    return exports.read(context.partition_key)


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    """The gate of a day: no `customer_id` twice, none of NUMBERS blank or negative.

    Where it fails, nothing downstream of `daily_customers` is made, by automation neither, and the
    run fails. The result's metadata tell the `bad_rows` (int): those with an id that another row
    has too (all of them), or with a blank or a negative number. A day without customers has none.
    What a blank id counts for, or a text among NUMBERS, is left to you.
    """
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    # A numpy bool is refused, and a bare bool is no evaluation at all.
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    """A look at a day's volume: at least half of EXPECTED_ROWS, at most twice as many.

    It never stops anything. Outside of these bounds it fails, and Dagster notes a warning. The
    result's metadata tell the `rows` (int).
    """
    rows = len(daily_customers)
    return dg.AssetCheckResult(
        passed=EXPECTED_ROWS / 2 <= rows <= EXPECTED_ROWS * 2,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    """The scores of `daily_customers` in the warehouse's table `scores`. Partitioned by `days`.

    Afterwards the table holds one row for each customer of the day, with `day` as YYYY-MM-DD, and
    the other days as they were, however often the day is made, also by two runs at once. Where it
    fails or is killed, the table is as it was before. Each materialisation tells in its metadata
    the `rows` (int) written. That nobody is in `daily_customers` twice, the gate has seen.
    """
    day = context.partition_key
    scores = score(daily_customers)
    rows = [
        (day, int(customer), float(one))
        for customer, one in zip(daily_customers["customer_id"], scores, strict=True)
    ]
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    """Make a range of days again, checks included, one run a day, the oldest first.

    A day that fails does not keep the others from being made. Later runs noted in `instance`, in
    other processes too, can load what was made.

    Args:
        first: The first day, always YYYY-MM-DD.
        last: The last day; it is made too.
        resources: `exports` and `warehouse`.
        instance: Where the runs are noted.

    Returns:
        The days whose run failed, whatever it has made, the oldest first.

    Raises:
        ValueError: There is no day in this range, or one has no partition (yet); nothing is made.
    """
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for day in known[known.index(first) : known.index(last) + 1]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed


defs = dg.Definitions(
    assets=[daily_customers, daily_scores],
    asset_checks=[customers_are_sound, volume_is_usual],
    resources={
        "exports": Exports(folder=dg.EnvVar("CHURN_EXPORTS")),
        "warehouse": Warehouse(path=dg.EnvVar("CHURN_WAREHOUSE")),
    },
)


def _demo(folder: str) -> None:
    """Backfill three days of which one is spoilt, twice, and tell what Dagster has noted."""
    customers = pd.read_csv(Path(__file__).parents[1] / "data" / "customers.csv")
    dates = [datetime.date(2026, 3, number) for number in (1, 2, 3)]
    for number, date in enumerate(dates):
        part = customers[number * 100 : number * 100 + (100, 100, 30)[number]].copy()
        part.loc[part.index[:5], "tenure_months"] *= -1 if number == 1 else 1
        part.to_csv(Path(folder, f"{date}.csv"), index=False)
    warehouse = Warehouse(path=str(Path(folder, "warehouse.db")))
    resources = {"exports": Exports(folder=folder), "warehouse": warehouse}
    with dg.DagsterInstance.ephemeral(tempdir=folder) as instance:
        for _ in range(2):
            failed = backfill(str(dates[0]), str(dates[-1]), resources, instance)
            print(f"failed: {failed}")
            with contextlib.closing(warehouse.connect()) as connection:
                query = "SELECT day, count(*) FROM scores GROUP BY day ORDER BY day"
                print(f"  rows a day in the table: {dict(connection.execute(query).fetchall())}")
        wanted = dg.DagsterEventType.ASSET_CHECK_EVALUATION
        records = instance.get_event_records(dg.EventRecordsFilter(wanted), limit=6)
        for record in sorted(records, key=lambda record: record.storage_id):
            one = record.event_log_entry.dagster_event.event_specific_data
            seen = {key: value.value for key, value in one.metadata.items()}
            print(f"  {one.partition} {one.check_name}: passed={one.passed} {seen}")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        _demo(folder)
