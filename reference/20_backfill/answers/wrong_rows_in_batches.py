"""Commits each ten customers, because ninety days are a lot.

Refused by: test_day_that_fails_leaves_the_table_alone
"""


@dg.asset(partitions_def=days)
def daily_features(
    context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store
) -> None:
    day = context.partition_key
    grouped = daily_calls.groupby("customer_id")["seconds"].agg(["count", "sum"])
    rows = [(day, int(one.Index), int(one.count), int(one.sum)) for one in grouped.itertuples()]
    with contextlib.closing(store.connect()) as connection:
        connection.execute("DELETE FROM features WHERE day = ?", (day,))
        for number in range(0, len(rows), 10):
            part = rows[number : number + 10]
            connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", part)
            connection.commit()
        connection.commit()
    context.add_output_metadata({"rows": len(rows)})
