"""Forgets the days whose run was cancelled.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE,)
    runs = _runs_by_day(instance, name)
    return sorted((day for day in runs if day and runs[day][-1].status in bad), reverse=True)
