"""Compares with the champion that was there before the transaction began.

Refused by: test_two_runs_at_once_leave_the_newer_day
"""


@dg.asset(partitions_def=days, deps=[daily_features])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection:
        found = connection.execute("SELECT day FROM champion").fetchone()
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        becomes = found is None or found[0] <= day
        with connection:
            insert = "INSERT INTO models (day, weight) VALUES (?, ?)"
            version = connection.execute(insert, (day, weight)).lastrowid
            if becomes:
                move = "INSERT OR REPLACE INTO champion VALUES (1, ?, ?)"
                connection.execute(move, (version, day))
    context.add_output_metadata({"version": version, "champion": becomes})
