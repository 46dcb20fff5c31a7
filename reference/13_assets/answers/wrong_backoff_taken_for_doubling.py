"""Trusts the name EXPONENTIAL: it waits 10, 30 and 70 s.

Refused by: test_source_that_comes_back_is_waited_for
"""


@dg.asset(
    group_name="ingestion",
    io_manager_key="tables",
    retry_policy=dg.RetryPolicy(max_retries=3, delay=10, backoff=dg.Backoff.EXPONENTIAL),
)
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    try:
        customers = source.fetch()
    except MIGHT_HEAL:
        raise
    except Exception as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    context.add_output_metadata({"rows": len(customers)})
    return customers
