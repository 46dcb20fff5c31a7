"""Names the run by a function that reads the run's parameters from prefect.runtime."""

from prefect import runtime


def name_run() -> str:
    told = runtime.flow_run.parameters
    return f"{told['experiment_name']}-{told['n_estimators']}x{told['max_depth']}"


train_churn_model = train_churn_model.with_options(flow_run_name=name_run)
