"""Takes a limit below 1 for no limit.

Refused by: test_backfill_of_nothing_is_refused
"""


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"{first} to {last}, {at_most} at most")
    runs = _runs_by_day(instance, name)
    asked = known[known.index(first) : known.index(last) + 1]
    waiting = [day for day in reversed(asked) if day not in runs]
    free = _free(runs, at_most) if at_most > 0 else len(waiting)
    return [_request(name, day, 1) for day in waiting[:free]]
