"""Reads the environment while the file is imported.

Refused by: test_definitions_load_and_read_the_environment_at_run_time
"""

defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=os.environ.get("CHURN_CUSTOMERS", "customers.csv")),
        "tracker": RunTracker(path=os.environ.get("CHURN_RUNS", "runs.jsonl")),
        "tables": TableStore(folder=os.environ.get("CHURN_TABLES", "tables")),
    },
)
