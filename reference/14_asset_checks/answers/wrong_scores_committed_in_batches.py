"""Commits each thousand rows: a disk that is full later leaves half a day.

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
        for start in range(0, max(len(rows), 1), 1000):
            with connection:
                if not start:
                    connection.execute("DELETE FROM scores WHERE day = ?", (day,))
                batch = rows[start : start + 1000]
                connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", batch)
    context.add_output_metadata({"rows": len(rows)})
