"""Writes into the run what was asked once the forest is fitted, or has failed to be.

Refused by: test_failed_training_is_a_failed_run, test_failed_model_training_is_a_failed_run,
test_candidates_are_trained_at_once
"""


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    rows, held_out = split(customers)
    try:
        model = fit_forest(rows, params)
        accuracy, loss = measure(model, held_out)
    finally:
        mlflow.log_params({**params, "orchestrator": orchestrator})
    mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return model, rows
