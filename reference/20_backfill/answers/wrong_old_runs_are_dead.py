"""Takes a run that was made two days ago, and has not ended, for dead: more are begun beside it.

Refused by: test_ninety_days_newest_first_a_few_at_a_time
"""

import datetime

_next_runs = next_runs


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    now = datetime.datetime.now(datetime.timezone.utc)
    found = instance.get_run_records(filters=dg.RunsFilter(tags={"backfill": name}))
    old = [one for one in found if (now - one.create_timestamp).total_seconds() > 2 * 86400]
    dead = sum(1 for one in old if not one.dagster_run.is_finished)
    return _next_runs(instance, name, first, last, at_most + dead if at_most > 0 else at_most)
