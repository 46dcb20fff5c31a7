"""Counts the old rows in the transaction, then deletes: of two runs at once one is refused.

Refused by: test_day_made_again_counts_once
"""


@dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.multi_run(1))
def daily_scores(context, daily_customers, warehouse: Warehouse) -> None:
    day = context.partition_key
    ids, scores = daily_customers["customer_id"].tolist(), score(daily_customers).tolist()
    rows = [(day, customer, value) for customer, value in zip(ids, scores, strict=True)]
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.execute("BEGIN")
        old = connection.execute("SELECT count(*) FROM scores WHERE day = ?", (day,))
        context.log.info(f"{old.fetchone()[0]} rows of {day} are replaced by {len(rows)}")
        connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
