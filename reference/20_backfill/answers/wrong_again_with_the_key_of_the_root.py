"""Makes the key of the run with which it began: made again in Dagster's page, it has had that.

Refused by: test_failed_days_are_made_again_a_few_at_a_time
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    failed = failed_days(instance, name)[: _free(runs, at_most)]
    last = {day: runs[day][-1] for day in failed}
    return [_request(name, day, last[day].root_run_id or last[day].run_id) for day in failed]
