"""Asks without the tag of the backfill: nobody knows that the day was made since.

Refused by: test_failed_day_is_named_and_made_again_alone
"""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    failed = failed_days(instance, name)[: _free(runs, at_most)]
    return [
        dg.RunRequest(partition_key=day, run_key=f"{name}/{day}/{len(runs[day]) + 1}")
        for day in failed
    ]
