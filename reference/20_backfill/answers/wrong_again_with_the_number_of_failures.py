"""Counts only failures for the key of another try: one that was cancelled has used its key up.

Refused by: test_failed_days_are_made_again_a_few_at_a_time
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    failed = failed_days(instance, name)[: _free(runs, at_most)]
    bad = dg.DagsterRunStatus.FAILURE
    return [_request(name, day, 2 + sum(run.status == bad for run in runs[day])) for day in failed]
