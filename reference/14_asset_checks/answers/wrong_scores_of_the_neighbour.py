"""Sorts the ids, not the scores beside them.

Refused by: test_day_made_again_counts_once
"""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    customers = sorted(daily_customers["customer_id"].tolist(), reverse=True)
    rows = [
        (day, customer, float(one))
        for customer, one in zip(customers, score(daily_customers), strict=True)
    ]
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
