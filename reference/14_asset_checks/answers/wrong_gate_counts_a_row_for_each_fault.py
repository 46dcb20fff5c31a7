"""Adds up the faults: a row that is doubled and has a blank counts twice.

Refused by: test_spoilt_day_stops_at_the_gate
"""


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    doubled = daily_customers["customer_id"].duplicated(keep=False).sum()
    bad_rows = int(doubled + (~(numbers >= 0).all(axis=1)).sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})
