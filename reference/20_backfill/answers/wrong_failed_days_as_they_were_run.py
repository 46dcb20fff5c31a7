"""Names the failed days in the order in which they were run.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    runs = _runs_by_day(instance, name)
    return [day for day in runs if day and runs[day][-1].status in bad]
