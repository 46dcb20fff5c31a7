"""Chooses the store and forgets the experiment: all teams share 'Default'.

Refused by: test_run_is_in_the_asked_experiment
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    with mlflow.start_run(run_name=experiment) as run:
        train_in_run(customers, params, orchestrator)
    return run.info.run_id
