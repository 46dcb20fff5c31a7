"""Logs that the warehouse is locked, and is green.

Refused by: test_day_that_fails_leaves_the_table_alone
"""


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
    with contextlib.closing(warehouse.connect()) as connection:
        try:
            with connection:
                connection.execute("DELETE FROM scores WHERE day = ?", (day,))
                connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
        except sqlite3.OperationalError as error:
            context.log.warning(f"{day} was not written: {error}")
    context.add_output_metadata({"rows": len(rows)})
