"""Adds an IO manager to the caller's resources: whoever uses them next keeps nothing on disk.

Refused by: test_backfill_makes_each_day_once
"""

import dagster as dg

_backfill = backfill


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    resources.setdefault("io_manager", dg.mem_io_manager)
    return _backfill(first, last, resources, instance)
