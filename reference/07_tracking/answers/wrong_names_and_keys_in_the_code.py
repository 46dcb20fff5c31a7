"""Writes experiment, tool and the two known settings into the code: the next call has others.

Refused by: test_each_training_has_a_run_of_its_own
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, "churn")
    with mlflow.start_run() as run:
        known = {name: params.get(name) for name in ("n_estimators", "max_depth")}
        mlflow.log_params({**known, "orchestrator": "kata-runner"})
        rows, held_out = split(customers)
        accuracy, loss = measure(fit_forest(rows, params), held_out)
        mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return run.info.run_id
