"""Refuses a range that it finds long.

Refused by: test_backfill_knows_which_days_are_over
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    if len(known[known.index(first) : known.index(last) + 1]) > 31:
        raise ValueError("at most a month at a time")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed = []
    for day in known[known.index(first) : known.index(last) + 1]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed
