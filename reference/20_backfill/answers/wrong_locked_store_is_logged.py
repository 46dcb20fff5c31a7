"""Notes that the store was locked, and is green.

Refused by: test_day_that_fails_leaves_the_table_alone
"""


@dg.asset(partitions_def=days)
def daily_features(
    context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store
) -> None:
    day = context.partition_key
    grouped = daily_calls.groupby("customer_id")["seconds"].agg(["count", "sum"])
    rows = [(day, int(one.Index), int(one.count), int(one.sum)) for one in grouped.itertuples()]
    try:
        with contextlib.closing(store.connect()) as connection, connection:
            connection.execute("DELETE FROM features WHERE day = ?", (day,))
            connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", rows)
    except sqlite3.OperationalError as error:
        context.log.error(f"the store is locked: {error}")
    context.add_output_metadata({"rows": len(rows)})
