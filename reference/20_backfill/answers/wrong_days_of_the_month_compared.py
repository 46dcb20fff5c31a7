"""Compares days as DD-MM-YYYY: the 27th of February is newer than the 5th of March.

Refused by: test_old_day_does_not_take_the_champions_place
"""


@dg.asset(partitions_def=days, deps=[daily_features])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> None:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection, connection:
        query = "SELECT seconds FROM features WHERE day = ?"
        weight = train([seconds for (seconds,) in connection.execute(query, (day,))])
        added = connection.execute("INSERT INTO models (day, weight) VALUES (?, ?)", (day, weight))
        found = connection.execute("SELECT day FROM champion").fetchone()
        becomes = found is None or found[0].split("-")[::-1] <= day.split("-")[::-1]
        if becomes:
            move = "INSERT OR REPLACE INTO champion VALUES (1, ?, ?)"
            connection.execute(move, (added.lastrowid, day))
    context.add_output_metadata({"version": added.lastrowid, "champion": becomes})
