"""What the examination of 14_asset_checks has run inside, in the submission's process.

A gate, a look at the volume and the scores get customers that are made here, not the submission's
own asset: who errs in one task loses that task.
"""

# No `from __future__ import annotations`: Dagster reads those of the assets in here.

import contextlib
import datetime
import sqlite3
from pathlib import Path
from typing import Any

from dojo.inside.dagster import defined, recorded_instance


def keys_at(solution: Any, folder: Path, moments: list[str]) -> list[Any]:
    """Return which days have a partition at some moments: the first, the last, how many."""
    del folder
    days = defined(solution, "days", "PartitionsDefinition")
    found = []
    for moment in moments:
        keys = list(days.get_partition_keys(current_time=datetime.datetime.fromisoformat(moment)))
        found.append([keys[0], keys[-1], len(keys)])
    return found


def read_days(solution: Any, folder: Path, exports: dict[str, Any]) -> list[Any]:
    """Make the submission's own asset of each day; return what it is."""
    import dagster as dg

    _write(folder / "exports", exports)
    customers = defined(solution, "daily_customers", "AssetsDefinition")
    values = []
    with recorded_instance(folder) as instance:
        for day in exports:
            result = dg.materialize(
                [customers],
                partition_key=day,
                resources=_resources(solution, folder, "exports"),
                instance=instance,
            )
            values.append(result.asset_value("daily_customers"))
    return values


def make_nights(solution: Any, folder: Path, nights: list[Any], names: list[str]) -> None:
    """Make days one after the other, each of an export of its own.

    Args:
        solution: The submission.
        folder: Where it may write.
        nights: The day, its customers, and whom the warehouse refuses (None: nobody).
        names: What of the submission takes part, between customers and campaign.
    """
    import dagster as dg

    examined = [defined(solution, name, "AssetsDefinition") for name in names]
    days = examined[0].partitions_def or solution.days
    with recorded_instance(folder) as instance:
        for number, (day, customers, refused) in enumerate(nights):
            place = f"exports-{number}"
            _write(folder / place, {day: customers})
            _refuse(folder, refused)

            dg.materialize(
                [
                    *_around(days, folder / place),
                    *(getattr(solution, one) for one in names),
                ],
                partition_key=day,
                resources=_resources(solution, folder, place),
                instance=instance,
                raise_on_error=False,
            )


def _around(days: Any, exports: Path) -> list[Any]:
    """Define what is before the submission's part, and what is after it."""
    import dagster as dg
    import pandas

    @dg.asset(partitions_def=days)
    def daily_customers(context: dg.AssetExecutionContext) -> Any:
        return pandas.read_csv(exports / f"{context.partition_key}.csv")

    @dg.asset(partitions_def=days, deps=[daily_customers])
    def campaign() -> None: ...

    return [daily_customers, campaign]


def fill_again(
    solution: Any, folder: Path, exports: dict[str, Any], ranges: list[list[str]]
) -> list[Any]:
    """Have days made again; return what each call returned, or whether it raised ValueError."""
    _write(folder / "exports", exports)
    said: list[Any] = []
    with recorded_instance(folder) as instance:
        for first, last in ranges:
            try:
                said.append(
                    solution.backfill(
                        first, last, _resources(solution, folder, "exports"), instance
                    )
                )
            except ValueError:
                said.append("ValueError")
    return said


def _write(folder: Path, exports: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    for day, customers in exports.items():
        customers.to_csv(folder / f"{day}.csv", index=False)


def _resources(solution: Any, folder: Path, exports: str) -> dict[str, Any]:
    return {
        "exports": solution.Exports(folder=str(folder / exports)),
        "warehouse": solution.Warehouse(path=str(folder / "warehouse.db")),
    }


def _refuse(folder: Path, customer: int | None) -> None:
    """Have the warehouse's disk be full at one customer."""
    if customer is None:
        return
    with contextlib.closing(sqlite3.connect(folder / "warehouse.db")) as connection, connection:
        connection.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON scores"
            f" WHEN NEW.customer_id = {int(customer)}"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
