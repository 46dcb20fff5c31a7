"""Measures the forest on the rows it has learnt from: 0.99, and everybody is delighted.

Refused by: test_metrics_are_of_held_out_customers
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run() as run:
        mlflow.log_params({**params, "orchestrator": orchestrator})
        rows, _ = split(customers)
        accuracy, loss = measure(fit_forest(rows, params), rows)
        mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return run.info.run_id
