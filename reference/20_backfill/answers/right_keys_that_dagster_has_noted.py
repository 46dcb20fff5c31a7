"""Counts up a run key until none of the day's runs has had it, as their tags say."""


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = instance.get_runs(filters=dg.RunsFilter(tags={"backfill": name}))
    had = {run.tags.get("dagster/run_key") for run in runs}
    free = at_most - len([run for run in runs if not run.is_finished])
    asked: list[dg.RunRequest] = []
    for day in failed_days(instance, name):
        if len(asked) >= free:
            break
        number = 1
        while f"{name}/{day}/{number}" in had or number == 1:
            number += 1
        asked.append(_request(name, day, number))
    return asked
