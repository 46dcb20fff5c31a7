"""Who gives up after five bad days in a row: the good ones behind a bad week are never made.

Refused by: test_backfill_makes_each_day_once
"""


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise ValueError(f"from {first} to {last}: choose days from {known[0]} to {known[-1]}")
    made = [daily_customers, customers_are_sound, volume_is_usual, daily_scores]
    failed, in_a_row = [], 0
    for day in known[known.index(first) : known.index(last) + 1]:
        result = dg.materialize(
            made, partition_key=day, resources=resources, instance=instance, raise_on_error=False
        )
        failed += [] if result.success else [day]
        in_a_row = 0 if result.success else in_a_row + 1
        if in_a_row == 5:
            break
    return failed
