"""Makes the run key of the number of the day's runs: where one was removed it is one that it had.

Refused by: test_failed_day_is_named_and_made_again_alone
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    failed = failed_days(instance, name)[: _free(runs, at_most)]
    return [_request(name, day, len(runs[day]) + 1) for day in failed]
