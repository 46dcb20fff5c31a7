"""Learns from what is left when the labels of the held-out rows are dropped: labels occur twice.

Refused by: test_metrics_are_of_held_out_customers, test_loaded_model_is_the_measured_one,
test_candidates_are_children_of_one_run
"""


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    mlflow.log_params({**params, "orchestrator": orchestrator})
    _, held_out = split(customers)
    rows = customers.drop(held_out.index)
    model = fit_forest(rows, params)
    accuracy, loss = measure(model, held_out)
    mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return model, rows
