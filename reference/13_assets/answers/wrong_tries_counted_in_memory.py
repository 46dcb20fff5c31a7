"""Counts the tries of a run itself: another process begins at 10 s again.

Refused by: test_process_that_goes_on_with_a_run_knows_the_tries
"""

_TRIES: dict = {}


@dg.asset(group_name="ingestion", io_manager_key="tables")
def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    try:
        customers = source.fetch()
    except MIGHT_HEAL as error:
        tries = _TRIES[context.run_id] = _TRIES.get(context.run_id, 0) + 1
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5 * 2**tries) from error
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
