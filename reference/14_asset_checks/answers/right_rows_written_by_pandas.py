"""Writes with pandas in the transaction of the deletion, rolls back by hand, returns a result."""


@dg.asset(partitions_def=days)
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> dg.MaterializeResult:
    rows = pd.DataFrame(
        {
            "day": context.partition_key,
            "customer_id": daily_customers["customer_id"],
            "score": score(daily_customers),
        }
    )
    if rows["score"].isna().any():
        raise ValueError("a customer without a score")
    connection = warehouse.connect()
    try:
        connection.execute("DELETE FROM scores WHERE day = ?", (context.partition_key,))
        rows.to_sql("scores", connection, if_exists="append", index=False)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()
    return dg.MaterializeResult(metadata={"rows": len(rows)})
