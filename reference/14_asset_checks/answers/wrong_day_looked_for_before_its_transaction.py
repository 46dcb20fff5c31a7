"""Deletes a day only if it has seen it before it begins: two first runs at once count it twice.

Refused by: test_day_made_again_counts_once
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
        seen = connection.execute("SELECT 1 FROM scores WHERE day = ? LIMIT 1", (day,)).fetchall()
        with connection:
            if seen:
                connection.execute("DELETE FROM scores WHERE day = ?", (day,))
            connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
