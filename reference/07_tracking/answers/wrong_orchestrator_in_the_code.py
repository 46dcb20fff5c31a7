"""Writes the tool's name into the code: after the move to Dagster every run still says prefect.

Refused by: test_run_tells_parameters_and_orchestrator
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run() as run:
        train_in_run(customers, params, "prefect")
    return run.info.run_id
