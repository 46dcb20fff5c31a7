"""Stops a day without customers, which is for the other check to note.

Refused by: test_sound_day_passes_the_gate
"""


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    passed = bad_rows == 0 and len(daily_customers) > 0
    return dg.AssetCheckResult(passed=passed, metadata={"bad_rows": bad_rows})
