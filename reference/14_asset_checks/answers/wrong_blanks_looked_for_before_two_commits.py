"""Refuses blank scores first, and takes that for all that can go wrong between two commits.

Refused by: test_day_that_fails_leaves_the_table_alone
"""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    scores = score(daily_customers)
    if scores.isna().any():
        raise ValueError("blank scores")
    rows = [
        (day, int(customer), float(one))
        for customer, one in zip(daily_customers["customer_id"], scores, strict=True)
    ]
    with contextlib.closing(warehouse.connect()) as connection:
        with connection:
            connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        with connection:
            connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
