"""Lets each new export start the scoring: what the gate stops at 3:04 is scored at 3:05.

Refused by: test_spoilt_day_stops_at_the_gate
"""


@dg.asset(partitions_def=days, automation_condition=dg.AutomationCondition.eager())
def daily_scores(
    context: dg.AssetExecutionContext, daily_customers: pd.DataFrame, warehouse: Warehouse
) -> None:
    day = context.partition_key
    scores = score(daily_customers)
    rows = [
        (day, int(customer), float(one))
        for customer, one in zip(daily_customers["customer_id"], scores, strict=True)
    ]
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.execute("DELETE FROM scores WHERE day = ?", (day,))
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    context.add_output_metadata({"rows": len(rows)})
