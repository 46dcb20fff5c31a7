"""Keeps in memory how the store was: when the machine is gone, nobody can roll back.

Refused by: test_day_made_again_replaces_itself
"""


@dg.asset(partitions_def=days)
def daily_features(
    context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store
) -> None:
    day = context.partition_key
    grouped = daily_calls.groupby("customer_id")["seconds"].agg(["count", "sum"])
    rows = [(day, int(one.Index), int(one.count), int(one.sum)) for one in grouped.itertuples()]
    with contextlib.closing(store.connect()) as connection, connection:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("DELETE FROM features WHERE day = ?", (day,))
        connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
