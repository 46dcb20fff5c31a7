"""Names the failed days of whatever was run.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    last: dict[str, dg.DagsterRun] = {}
    for run in instance.get_runs():
        last.setdefault(run.tags.get(PARTITION, ""), run)
    return sorted((day for day in last if day and last[day].status in bad), reverse=True)
