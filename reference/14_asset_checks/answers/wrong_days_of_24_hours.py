"""Walks in steps of 24 hours: on the day that summer time begins it comes an hour late.

Refused by: test_backfill_makes_each_day_once, test_backfill_tells_of_its_own_days_only
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for day in (
        f"{one:%Y-%m-%d}" for one in pd.date_range(first, last, freq="24h", tz=days.timezone)
    ):
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed
