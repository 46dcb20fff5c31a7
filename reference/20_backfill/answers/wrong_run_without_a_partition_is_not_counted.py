"""Leaves runs without a partition out, as if they were not at the store.

Refused by: test_only_runs_of_this_backfill_count
"""


def _runs_by_day(instance: dg.DagsterInstance, name: str) -> dict[str, list[dg.DagsterRun]]:
    found: dict[str, list[dg.DagsterRun]] = {}
    for run in reversed(instance.get_runs(filters=dg.RunsFilter(tags={"backfill": name}))):
        if PARTITION in run.tags:
            found.setdefault(run.tags[PARTITION], []).append(run)
    return found
