"""Who does not block the warehouse for long: ten thousand rows a transaction, and killed between.

Refused by: test_day_that_fails_leaves_the_table_alone
"""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    ids, scores = daily_customers["customer_id"], score(daily_customers)
    rows = [(day, int(who), float(one)) for who, one in zip(ids, scores, strict=True)]
    with contextlib.closing(warehouse.connect()) as connection:
        with connection:
            connection.execute("DELETE FROM scores WHERE day = ?", (day,))
            connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows[:10_000])
        for start in range(10_000, len(rows), 10_000):
            with connection:
                some = rows[start : start + 10_000]
                connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", some)
    context.add_output_metadata({"rows": len(rows)})
