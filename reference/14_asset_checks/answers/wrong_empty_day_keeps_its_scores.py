"""Has nothing to write on an empty day, so nothing is taken away either.

Refused by: test_day_without_customers_has_no_rows
"""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    rows = [
        (day, int(customer), float(one))
        for customer, one in zip(
            daily_customers["customer_id"], score(daily_customers), strict=True
        )
    ]
    if rows:
        with contextlib.closing(warehouse.connect()) as connection, connection:
            connection.execute("DELETE FROM scores WHERE day = ?", (day,))
            connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
