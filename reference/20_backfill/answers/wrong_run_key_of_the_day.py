"""Makes the run key of the day alone: a second backfill of that day is never run.

Refused by: test_run_keys_are_of_day_and_backfill
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
    return [
        dg.RunRequest(partition_key=day, run_key=day, tags={"backfill": name})
        for day in waiting[: _free(runs, at_most)]
    ]
