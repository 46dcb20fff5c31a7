"""Finds ten thousand rows enough to look at.

Refused by: test_spoilt_day_stops_at_the_gate
"""


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    sample = daily_customers.head(10_000)
    bad = sample["customer_id"].duplicated(keep=False) | ~(sample[NUMBERS] >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})
