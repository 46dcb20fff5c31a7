"""Logs the settings that have a value: None, False and 0 are left out, and they decide.

Refused by: test_run_tells_parameters_and_orchestrator
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run() as run:
        told = {name: value for name, value in params.items() if value}
        mlflow.log_params({**told, "orchestrator": orchestrator})
        rows, held_out = split(customers)
        accuracy, loss = measure(fit_forest(rows, params), held_out)
        mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return run.info.run_id
