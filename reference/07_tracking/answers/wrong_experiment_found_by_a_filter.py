"""Looks the experiment up with a filter made of text, that takes capitals for small letters.

Refused by: test_run_is_in_the_asked_experiment, test_each_training_has_a_run_of_its_own
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    found = mlflow.search_experiments(filter_string=f"name ILIKE '{experiment}'")
    if found:
        identity = found[0].experiment_id
    else:
        place = (Path(store) / "artifacts").as_uri()
        identity = mlflow.create_experiment(experiment, artifact_location=place)
    with mlflow.start_run(experiment_id=identity) as run:
        train_in_run(customers, params, orchestrator)
    return run.info.run_id
