"""Names the days that are still under way.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    runs = _runs_by_day(instance, name)
    good = dg.DagsterRunStatus.SUCCESS
    return sorted((day for day in runs if day and runs[day][-1].status != good), reverse=True)
