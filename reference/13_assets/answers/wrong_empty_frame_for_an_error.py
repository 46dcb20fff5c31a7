"""Gives up with an empty frame.

Refused by: test_fourth_failure_ends_the_run
"""


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    try:
        customers = source.fetch()
    except MIGHT_HEAL as error:
        if context.retry_number < 3:
            wait_s = 10 * 2**context.retry_number
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=wait_s) from error
        customers = pd.DataFrame(columns=["customer_id", *NUMBERS, "churned"])
    context.add_output_metadata({"rows": len(customers)})
    return customers
