"""Looks at the latest ten runs, the first page of the list.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    filters = dg.RunsFilter(tags={"backfill": name})
    last: dict[str, dg.DagsterRun] = {}
    for run in instance.get_runs(filters=filters, limit=10):
        last.setdefault(run.tags.get(PARTITION, ""), run)
    return sorted((day for day in last if day and last[day].status in bad), reverse=True)
