"""Counts through the calendar: Dagster finds out which day has no partition, in the middle.

Refused by: test_backfill_refuses_days_that_are_none
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    day = datetime.date.fromisoformat(first)
    while day <= datetime.date.fromisoformat(last):
        result = dg.materialize(
            made,
            partition_key=str(day),
            resources=resources,
            instance=instance,
            raise_on_error=False,
        )
        failed += [] if result.success else [str(day)]
        day += datetime.timedelta(days=1)
    return failed
