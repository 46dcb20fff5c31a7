"""Commits the version, and then moves the champion.

Refused by: test_model_that_fails_leaves_the_champion
"""


@dg.asset(partitions_def=days, deps=[daily_features])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection, connection:
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        added = connection.execute("INSERT INTO models (day, weight) VALUES (?, ?)", (day, weight))
        connection.commit()
        moved = connection.execute(
            "INSERT INTO champion VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " version = excluded.version, day = excluded.day WHERE champion.day <= excluded.day",
            (added.lastrowid, day),
        )
    context.add_output_metadata({"version": added.lastrowid, "champion": moved.rowcount == 1})
