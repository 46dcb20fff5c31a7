"""Asks for all days again because one has failed.

Refused by: test_failed_day_is_named_and_made_again_alone
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    days_again = sorted(filter(None, runs), reverse=True) if failed_days(instance, name) else []
    return [_request(name, day, len(runs[day]) + 1) for day in days_again[: _free(runs, at_most)]]
