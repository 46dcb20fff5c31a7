"""Knows what is over by the date of the machine, which is not in Paris.

Refused by: test_backfill_knows_which_days_are_over
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    start, end = map(datetime.date.fromisoformat, (first, last))
    if not datetime.date(2026, 1, 1) <= start <= end < datetime.date.today():
        raise ValueError(f"no such days: {first} to {last}")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for day in [str(one.date()) for one in pd.date_range(first, last)]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed
