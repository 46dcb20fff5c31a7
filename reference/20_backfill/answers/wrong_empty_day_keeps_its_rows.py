"""Leaves a day alone on which nobody called: what was wrong about it stays.

Refused by: test_day_made_again_replaces_itself
"""


@dg.asset(partitions_def=days)
def daily_features(
    context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store
) -> None:
    day = context.partition_key
    grouped = daily_calls.groupby("customer_id")["seconds"].agg(["count", "sum"])
    rows = [(day, int(one.Index), int(one.count), int(one.sum)) for one in grouped.itertuples()]
    if not rows:
        context.add_output_metadata({"rows": 0})
        return
    with contextlib.closing(store.connect()) as connection, connection:
        connection.execute("DELETE FROM features WHERE day = ?", (day,))
        connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
