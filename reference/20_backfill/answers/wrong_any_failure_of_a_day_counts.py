"""Names a day that failed once, though it was made since.

Refused by: test_failed_day_is_named_and_made_again_alone
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    runs = _runs_by_day(instance, name)
    return sorted(
        (day for day in runs if day and any(run.status in bad for run in runs[day])), reverse=True
    )
