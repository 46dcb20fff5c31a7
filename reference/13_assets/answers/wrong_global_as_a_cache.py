"""Remembers the customers in a global, so that the second run is quick.

Refused by: test_materialize_skips_nothing, test_table_is_replaced_whole_or_not_at_all
"""

_customers = {}


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    if "all" not in _customers:
        try:
            _customers["all"] = source.fetch()
        except MIGHT_HEAL as error:
            wait_s = 10 * 2**context.retry_number
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=wait_s) from error
    context.add_output_metadata({"rows": len(_customers["all"])})
    return _customers["all"]
