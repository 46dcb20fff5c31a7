"""Names both halves of the store, and passes the run's id to the client that logs the values."""


def open_experiment(store: str, experiment: str) -> None:
    uri = f"sqlite:///{store}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    client = mlflow.MlflowClient(uri, registry_uri=uri)
    if client.get_experiment_by_name(experiment) is None:
        client.create_experiment(experiment, (Path(store) / "artifacts").as_uri())
    mlflow.set_experiment(experiment)


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    client, run_id = mlflow.MlflowClient(), mlflow.active_run().info.run_id
    for name, value in {**params, "orchestrator": orchestrator}.items():
        client.log_param(run_id, name, value)
    rows, held_out = split(customers)
    model = fit_forest(rows, params)
    accuracy, loss = measure(model, held_out)
    client.log_metric(run_id, "val_accuracy", accuracy)
    client.log_metric(run_id, "val_log_loss", loss)
    return model, rows
