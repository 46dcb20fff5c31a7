"""Who builds a new table and swaps: it has no NOT NULL, no index, and who reads it is refused.

Refused by: test_day_made_again_counts_once
"""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    ids, scores = daily_customers["customer_id"], score(daily_customers)
    rows = [(day, int(who), float(one)) for who, one in zip(ids, scores, strict=True)]
    with contextlib.closing(warehouse.connect()) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")  # views need not be looked at
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            others = "SELECT * FROM scores WHERE day <> ?"
            connection.execute(f"CREATE TABLE fresh AS {others}", (day,))
            connection.executemany("INSERT INTO fresh VALUES (?, ?, ?)", rows)
            connection.execute("DROP TABLE scores")
            connection.execute("ALTER TABLE fresh RENAME TO scores")
    context.add_output_metadata({"rows": len(rows)})
