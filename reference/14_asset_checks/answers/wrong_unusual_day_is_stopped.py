"""Makes a gate of what is only unusual.

Refused by: test_unusual_volume_is_noted_and_stops_nothing
"""


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = len(daily_customers)
    passed = EXPECTED_ROWS / 2 <= rows <= EXPECTED_ROWS * 2
    return dg.AssetCheckResult(passed=passed, metadata={"rows": rows})
