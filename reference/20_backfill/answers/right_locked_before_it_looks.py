"""Begins by locking the store, then looks, compares and writes; makes the table by pandas."""


@dg.asset(partitions_def=days)
def daily_features(context: dg.AssetExecutionContext, daily_calls: pd.DataFrame, store: Store):
    table = (
        daily_calls.assign(day=context.partition_key)
        .groupby(["day", "customer_id"], as_index=False)
        .agg(calls=("call_id", "count"), seconds=("seconds", "sum"))
    )
    connection = store.connect()
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM features WHERE day = ?", [context.partition_key])
        table.to_sql("features", connection, if_exists="append", index=False)
        connection.commit()
    finally:
        connection.rollback()
        connection.close()
    return dg.MaterializeResult(metadata={"rows": len(table)})


@dg.asset(partitions_def=days, deps=["daily_features"])
def churn_model(context: dg.AssetExecutionContext, store: Store) -> dg.MaterializeResult:
    day = context.partition_key
    with contextlib.closing(store.connect()) as connection:
        connection.isolation_level = None
        query = "SELECT seconds FROM features WHERE day = :day"
        weight = train([row[0] for row in connection.execute(query, {"day": day}).fetchall()])
        connection.execute("BEGIN IMMEDIATE")
        try:
            (newest,) = connection.execute("SELECT max(day) FROM champion").fetchone()
            becomes = newest is None or newest <= day
            insert = "INSERT INTO models (day, weight) VALUES (?, ?) RETURNING version"
            ((version,),) = connection.execute(insert, (day, weight)).fetchall()
            if becomes:
                connection.execute("DELETE FROM champion")
                connection.execute("INSERT INTO champion VALUES (1, ?, ?)", (version, day))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return dg.MaterializeResult(metadata={"version": version, "champion": becomes})
