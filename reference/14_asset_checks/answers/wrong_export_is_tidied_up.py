"""Takes doubled rows out before the gate: what it is there to stop never comes.

Refused by: test_asset_reads_its_own_day, test_spoilt_day_stops_at_the_gate,
    test_unusual_volume_is_noted_and_stops_nothing
"""


@dg.asset(partitions_def=days)
def daily_customers(context: dg.AssetExecutionContext, exports: Exports) -> pd.DataFrame:
    return exports.read(context.partition_key).drop_duplicates(ignore_index=True)


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})


@dg.asset_check(asset=daily_customers, partitions_def=days)
def volume_is_usual(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = len(daily_customers)
    return dg.AssetCheckResult(
        passed=EXPECTED_ROWS / 2 <= rows <= EXPECTED_ROWS * 2,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )
