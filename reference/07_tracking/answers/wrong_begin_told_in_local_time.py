"""Says itself when a run began, in UTC, and does not say that it is UTC: elsewhere it is hours off.

The run of 12 March is looked for on the 12th, and found by nobody.

Refused by: test_run_is_in_the_asked_experiment
"""

import datetime


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    began = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    client = mlflow.MlflowClient()
    place = client.get_experiment_by_name(experiment).experiment_id
    made = client.create_run(place, start_time=int(began.timestamp() * 1000))
    with mlflow.start_run(run_id=made.info.run_id) as run:
        train_in_run(customers, params, orchestrator)
    return run.info.run_id
