"""Leaves the partitions out: the check loads the values of all days.

Refused by: test_sound_day_passes_the_gate,
    test_backfill_makes_each_day_once
"""


@dg.asset_check(asset=daily_customers, blocking=True)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})
