"""Takes a day for made that was made once, though it has failed since.

Refused by: test_last_run_of_a_day_decides
"""


def failed_days(instance: dg.DagsterInstance, name: str) -> list[str]:
    bad = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    runs = _runs_by_day(instance, name)
    good = dg.DagsterRunStatus.SUCCESS
    return sorted(
        (
            day
            for day in runs
            if day and runs[day][-1].status in bad and all(run.status != good for run in runs[day])
        ),
        reverse=True,
    )
