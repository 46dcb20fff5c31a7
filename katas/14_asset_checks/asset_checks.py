"""Score the customers of one day behind a quality gate, and any day again without counting twice.

One run is one day, a partition. What is not fit to be scored stops at the gate; what is only
unusual is noted.
"""

import sqlite3
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
# TODO(kata): task 1.
days: dg.DailyPartitionsDefinition | None = None


def daily_customers(context: dg.AssetExecutionContext, exports: Exports) -> pd.DataFrame:
    """The export of the partition's day, as it is. Partitioned by `days`."""
    # TODO(kata): task 1.
    raise NotImplementedError


def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    """The gate of a day: no `customer_id` twice, none of NUMBERS blank or negative.

    Where it fails, nothing downstream of `daily_customers` is made, by automation neither, and the
    run fails. The result's metadata tell the `bad_rows` (int): those with an id that another row
    has too (all of them), or with a blank or a negative number. A day without customers has none.
    What a blank id counts for, or a text among NUMBERS, is left to you.
    """
    # TODO(kata): task 2.
    raise NotImplementedError


def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    """A look at a day's volume: at least half of EXPECTED_ROWS, at most twice as many.

    It never stops anything. Outside of these bounds it fails, and Dagster notes a warning. The
    result's metadata tell the `rows` (int).
    """
    # TODO(kata): task 3.
    raise NotImplementedError


def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    """The scores of `daily_customers` in the warehouse's table `scores`. Partitioned by `days`.

    Afterwards the table holds one row for each customer of the day, with `day` as YYYY-MM-DD, and
    the other days as they were, however often the day is made, also by two runs at once. Where it
    fails or is killed, the table is as it was before. Each materialisation tells in its metadata
    the `rows` (int) written. That nobody is in `daily_customers` twice, the gate has seen.
    """
    # TODO(kata): task 4.
    raise NotImplementedError


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
    # TODO(kata): task 5.
    raise NotImplementedError
