"""Trains first and opens the run to write down what came out: as long as it lasts there is nothing.

Refused by: test_failed_training_is_a_failed_run
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    rows, held_out = split(customers)
    model, error = None, None
    try:
        model = fit_forest(rows, params)
    except BaseException as caught:
        error = caught
    with mlflow.start_run() as run:
        mlflow.log_params({**params, "orchestrator": orchestrator})
        if error is not None:
            raise error
        accuracy, loss = measure(model, held_out)
        mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return run.info.run_id
