"""Takes all backfills whose names begin alike for this one.

Refused by: test_only_runs_of_this_backfill_count
"""


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last or at_most < 1:
        raise ValueError(f"{first} to {last}, {at_most} at most")
    runs: dict[str, list[dg.DagsterRun]] = {}
    for run in instance.get_runs():
        if run.tags.get("backfill", "").startswith(name):
            runs.setdefault(run.tags.get(PARTITION, ""), []).append(run)
    asked = known[known.index(first) : known.index(last) + 1]
    waiting = [day for day in reversed(asked) if day not in runs]
    return [_request(name, day, 1) for day in waiting[: _free(runs, at_most)]]
