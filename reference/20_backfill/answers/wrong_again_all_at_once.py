"""Asks for all failed days at once.

Refused by: test_failed_days_are_made_again_a_few_at_a_time
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    failed = failed_days(instance, name)
    return [_request(name, day, len(runs[day]) + 1) for day in failed]
