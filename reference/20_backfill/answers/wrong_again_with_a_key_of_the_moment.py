"""Asks with a new run key each time: a tick that is evaluated twice makes the day twice.

Refused by: test_failed_days_are_made_again_a_few_at_a_time
"""

import uuid


def run_again(instance: dg.DagsterInstance, name: str, at_most: int) -> list[dg.RunRequest]:
    runs = _runs_by_day(instance, name)
    return [
        dg.RunRequest(partition_key=day, run_key=str(uuid.uuid4()), tags={"backfill": name})
        for day in failed_days(instance, name)[: _free(runs, at_most)]
    ]
