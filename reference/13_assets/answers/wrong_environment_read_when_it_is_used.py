"""Asks the environment at each training: what is set meanwhile sends one run to two places.

Refused by: test_definitions_load_and_read_the_environment_at_run_time
"""


class TrackerOfToday(RunTracker):
    path: str = "unused"

    def log_run(self, run_id: str, params: dict, metrics: dict) -> None:
        RunTracker(path=os.environ["CHURN_RUNS"]).log_run(run_id, params, metrics)


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": TrackerOfToday(),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)
