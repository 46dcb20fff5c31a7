"""Logs the parameters between opening the run and the try: one that is refused leaves it open.

Refused by: test_failed_training_is_a_failed_run
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    run = mlflow.start_run()
    mlflow.log_params({**params, "orchestrator": orchestrator})
    try:
        rows, held_out = split(customers)
        accuracy, loss = measure(fit_forest(rows, params), held_out)
        mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    except BaseException:
        mlflow.end_run("FAILED")
        raise
    mlflow.end_run()
    return run.info.run_id
