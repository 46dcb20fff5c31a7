"""Looks the champion up in a transaction that locks nothing yet: of two at once one is refused.

Refused by: test_two_runs_at_once_leave_the_newer_day
"""


@dg.asset(partitions_def=days, deps=[daily_features])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection, connection:
        connection.execute("BEGIN")
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        (newest,) = connection.execute("SELECT max(day) FROM champion").fetchone()
        added = connection.execute("INSERT INTO models (day, weight) VALUES (?, ?)", (day, weight))
        becomes = newest is None or newest <= day
        if becomes:
            connection.execute(
                "INSERT OR REPLACE INTO champion VALUES (1, ?, ?)", (added.lastrowid, day)
            )
    context.add_output_metadata({"version": added.lastrowid, "champion": becomes})
