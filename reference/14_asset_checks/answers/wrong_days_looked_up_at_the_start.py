"""Looks the days up at its start: after a week the worker does not know yesterday.

Refused by: test_backfill_knows_which_days_are_over
"""

known = days.get_partition_keys()


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for day in known[known.index(first) : known.index(last) + 1]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed
