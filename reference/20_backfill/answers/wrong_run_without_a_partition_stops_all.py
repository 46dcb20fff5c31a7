"""Takes each run of a backfill for one of a day: at one without a partition each tick fails.

Refused by: test_only_runs_of_this_backfill_count, test_last_run_of_a_day_decides
"""


def _runs_by_day(instance: dg.DagsterInstance, name: str) -> dict[str, list[dg.DagsterRun]]:
    found: dict[str, list[dg.DagsterRun]] = {}
    for run in reversed(instance.get_runs(filters=dg.RunsFilter(tags={"backfill": name}))):
        found.setdefault(run.tags[PARTITION], []).append(run)
    return found
