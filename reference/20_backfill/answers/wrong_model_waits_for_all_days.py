"""Says that a day's model is made of the features of all days: one that fails leaves none.

Refused by: test_old_day_does_not_take_the_champions_place
"""

_all_days = dg.AssetDep(daily_features, partition_mapping=dg.AllPartitionMapping())


@dg.asset(partitions_def=days, deps=[_all_days])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection, connection:
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        added = connection.execute("INSERT INTO models (day, weight) VALUES (?, ?)", (day, weight))
        moved = connection.execute(
            "INSERT INTO champion VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " version = excluded.version, day = excluded.day WHERE champion.day <= excluded.day",
            (added.lastrowid, day),
        )
    context.add_output_metadata({"version": added.lastrowid, "champion": moved.rowcount == 1})
