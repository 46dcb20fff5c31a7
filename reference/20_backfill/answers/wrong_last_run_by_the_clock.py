"""Takes the run with the latest time of creation for the last: clocks of machines differ.

Refused by: test_last_run_of_a_day_decides
"""


def _runs_by_day(instance: dg.DagsterInstance, name: str) -> dict[str, list[dg.DagsterRun]]:
    found: dict[str, list[dg.DagsterRun]] = {}
    records = instance.get_run_records(filters=dg.RunsFilter(tags={"backfill": name}))
    for one in sorted(records, key=lambda one: one.create_timestamp):
        day = one.dagster_run.tags.get(PARTITION, "")
        found.setdefault(day, []).append(one.dagster_run)
    return found
