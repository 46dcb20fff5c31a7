"""Makes the features by a multi_asset, and tidies up after the upsert."""


@dg.multi_asset(outs={"daily_features": dg.AssetOut()}, partitions_def=days)
def daily_features(context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store):
    day, found = context.partition_key, {}
    for one in daily_calls.itertuples():
        calls, seconds = found.get(int(one.customer_id), (0, 0))
        found[int(one.customer_id)] = (calls + 1, seconds + int(one.seconds))
    with contextlib.closing(store.connect()) as connection, connection:
        connection.execute("DELETE FROM features WHERE day = ?", (day,))
        for customer, (calls, seconds) in sorted(found.items()):
            connection.execute(
                "INSERT INTO features (customer_id, seconds, calls, day) VALUES (?, ?, ?, ?)",
                (customer, seconds, calls, day),
            )
    return dg.Output(None, metadata={"rows": len(found)})
