"""Who looks behind the error: no name, no handshake, so it must be the settings. It was restarting.

Refused by: test_source_that_comes_back_is_waited_for
"""

import socket
import ssl


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    try:
        customers = source.fetch()
    except MIGHT_HEAL as error:
        if isinstance(error.__cause__, (socket.gaierror, ssl.SSLError)):
            raise
        wait_s = 10 * 2**context.retry_number
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=wait_s) from error
    context.add_output_metadata({"rows": len(customers)})
    return customers


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)
