"""Cuts the days by cron, and makes them with a job of all assets and their checks."""

days = dg.TimeWindowPartitionsDefinition(
    start="2026-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 * * *", timezone="Europe/Paris"
)


@dg.asset(partitions_def=days)
def daily_customers(context, exports: Exports):
    return exports.read(context.partition_key)


@dg.asset_check(asset=daily_customers, blocking=True, partitions_def=days)
def customers_are_sound(daily_customers: pd.DataFrame) -> dg.AssetCheckResult:
    numbers = daily_customers[NUMBERS]
    bad = daily_customers["customer_id"].duplicated(keep=False) | ~(numbers >= 0).all(axis=1)
    bad_rows = int(bad.sum())
    return dg.AssetCheckResult(passed=bad_rows == 0, metadata={"bad_rows": bad_rows})


@dg.asset_check(asset="daily_customers", partitions_def=days, name="volume_is_usual")
def volume_is_usual(daily_customers):
    rows = len(daily_customers)
    return dg.AssetCheckResult(
        passed=EXPECTED_ROWS <= 2 * rows <= 4 * EXPECTED_ROWS,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    scores = score(daily_customers)
    rows = [
        (day, int(customer), float(one))
        for customer, one in zip(daily_customers["customer_id"], scores, strict=True)
    ]
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    known = days.get_partition_keys()
    if not known[0] <= first <= last <= known[-1]:
        raise ValueError(f"no such days: {first} to {last}")
    job = dg.Definitions(
        assets=[daily_customers, daily_scores],
        asset_checks=[customers_are_sound, volume_is_usual],
        resources=resources,
        jobs=[dg.define_asset_job("again", dg.AssetSelection.all(), partitions_def=days)],
    ).resolve_job_def("again")
    results = {
        day: job.execute_in_process(partition_key=day, instance=instance, raise_on_error=False)
        for day in days.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
    }
    return [day for day, result in results.items() if not result.success]
