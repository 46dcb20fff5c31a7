"""Has the bounds as numbers: what is expected changes, and they do not.

Refused by: test_bounds_of_the_volume_follow_what_is_expected
"""


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = len(daily_customers)
    warn = dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(passed=50 <= rows <= 200, severity=warn, metadata={"rows": rows})
