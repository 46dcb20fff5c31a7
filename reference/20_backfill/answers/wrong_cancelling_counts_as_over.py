"""Takes a run that is being cancelled for one that has ended.

Refused by: test_ninety_days_newest_first_a_few_at_a_time
"""


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last or at_most < 1:
        raise ValueError(f"{first} to {last}, {at_most} at most")
    runs = _runs_by_day(instance, name)
    asked = known[known.index(first) : known.index(last) + 1]
    waiting = [day for day in reversed(asked) if day not in runs]
    over = (dg.DagsterRunStatus.CANCELING,)
    under_way = [
        run
        for of_day in runs.values()
        for run in of_day
        if not run.is_finished and run.status not in over
    ]
    return [_request(name, day, 1) for day in waiting[: max(0, at_most - len(under_way))]]
