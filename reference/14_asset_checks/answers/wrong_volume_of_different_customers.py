"""Counts customers where rows are asked for.

Refused by: test_unusual_volume_is_noted_and_stops_nothing
"""


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = int(daily_customers["customer_id"].nunique())
    return dg.AssetCheckResult(
        passed=EXPECTED_ROWS / 2 <= rows <= EXPECTED_ROWS * 2,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )
