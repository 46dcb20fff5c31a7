"""Twice as many is one too many: the bound itself is refused.

Refused by: test_unusual_volume_is_noted_and_stops_nothing
"""


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = len(daily_customers)
    usual = EXPECTED_ROWS / 2 <= rows < EXPECTED_ROWS * 2
    warn = dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(passed=usual, severity=warn, metadata={"rows": rows})
