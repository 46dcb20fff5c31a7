"""Names the experiment and never the store: MLflow takes ./mlflow.db, as on the laptop.

Refused by: test_working_directory_gets_nothing, test_run_is_in_the_asked_experiment
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_experiment(experiment)
    with mlflow.start_run() as run:
        train_in_run(customers, params, orchestrator)
    return run.info.run_id
