"""Makes the assets, and forgets their checks.

Refused by: test_backfill_makes_each_day_once
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    made = [daily_customers, daily_scores]
    failed = []
    for day in known[known.index(first) : known.index(last) + 1]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
    return failed
