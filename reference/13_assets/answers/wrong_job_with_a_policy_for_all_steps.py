"""Gives the job a policy, against machines that vanish: a file that is gone is asked for again.

Refused by: test_definitions_load_and_read_the_environment_at_run_time
"""

defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training", op_retry_policy=dg.RetryPolicy(max_retries=2))],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)
