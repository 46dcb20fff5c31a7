"""Makes what there is of a range, and says nothing of the rest.

Refused by: test_backfill_of_nothing_is_refused
"""


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = days.get_partition_keys()
    runs = _runs_by_day(instance, name)
    asked = [day for day in known if first <= day <= last]
    waiting = [day for day in reversed(asked) if day not in runs]
    return [_request(name, day, 1) for day in waiting[: _free(runs, at_most)]]
