"""Logs the forest with the line of every tutorial: today's default format refuses it.

Refused by: test_loaded_model_is_the_measured_one, test_model_belongs_to_its_run
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run():
        model, _ = train_in_run(customers, params, orchestrator)
        return mlflow.sklearn.log_model(model, "model").model_uri
