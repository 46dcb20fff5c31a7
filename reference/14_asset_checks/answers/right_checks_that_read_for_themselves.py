"""Reads the day's export in the check, with no input to load, and yields its result."""


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(context: dg.AssetCheckExecutionContext, exports: Exports):
    customers = exports.read(context.partition_key)
    times = customers.groupby("customer_id")["customer_id"].transform("size")
    numbers = customers[NUMBERS]
    bad = (times > 1) | numbers.isna().any(axis=1) | (numbers < 0).any(axis=1)
    yield dg.AssetCheckResult(
        passed=not bad.any(),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"bad_rows": dg.MetadataValue.int(int(bad.sum())), "of": len(customers)},
    )
