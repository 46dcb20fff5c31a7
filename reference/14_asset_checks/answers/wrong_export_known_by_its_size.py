"""Keeps an export, and reads it again when its size has changed.

Refused by: test_backfill_tells_of_its_own_days_only
"""

_KEPT: dict = {}


@dg.asset(partitions_def=days)
def daily_customers(context: dg.AssetExecutionContext, exports: Exports) -> pd.DataFrame:
    path = Path(exports.folder, f"{context.partition_key}.csv")
    key = (path, path.stat().st_size)
    if key not in _KEPT:
        _KEPT[key] = exports.read(context.partition_key)
    return _KEPT[key].copy()


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
