"""Looks up the days when the worker starts: after midnight it does not know yesterday.

Refused by: test_days_are_those_that_are_over_now
"""

_known = days.get_partition_keys()


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = _known
    if first not in known or last not in known or first > last or at_most < 1:
        raise ValueError(f"{first} to {last}, {at_most} at most")
    runs = _runs_by_day(instance, name)
    asked = known[known.index(first) : known.index(last) + 1]
    waiting = [day for day in reversed(asked) if day not in runs]
    return [_request(name, day, 1) for day in waiting[: _free(runs, at_most)]]
