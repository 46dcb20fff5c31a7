"""Makes the newest version the champion: the backfill ends with January.

Refused by: test_old_day_does_not_take_the_champions_place
"""


@dg.asset(partitions_def=days, deps=[daily_features])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection, connection:
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        added = connection.execute("INSERT INTO models (day, weight) VALUES (?, ?)", (day, weight))
        connection.execute(
            "INSERT OR REPLACE INTO champion VALUES (1, ?, ?)", (added.lastrowid, day)
        )
    context.add_output_metadata({"version": added.lastrowid, "champion": True})
