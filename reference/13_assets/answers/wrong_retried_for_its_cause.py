"""Looks for an outage among the causes of a hopeless error.

Refused by: test_hopeless_failure_is_not_retried
"""


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    try:
        customers = source.fetch()
    except Exception as error:
        if not isinstance(error, MIGHT_HEAL) and not isinstance(error.__cause__, MIGHT_HEAL):
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
