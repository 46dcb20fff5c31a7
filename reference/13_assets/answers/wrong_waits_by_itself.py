"""Loops and sleeps: Dagster sees one slow step.

Refused by: test_source_that_comes_back_is_waited_for
"""

import time


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    for wait_s in (10, 20, 40, None):
        try:
            customers = source.fetch()
            break
        except MIGHT_HEAL:
            if wait_s is None:
                raise
            time.sleep(wait_s)
    context.add_output_metadata({"rows": len(customers)})
    return customers
