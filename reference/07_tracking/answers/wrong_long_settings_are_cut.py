"""Cuts each parameter at 500 characters, as old servers did: of a long one the head is told.

Refused by: test_run_tells_parameters_and_orchestrator, test_each_comparison_is_its_own,
test_address_leads_to_the_same_model_tomorrow
"""


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    asked = {**params, "orchestrator": orchestrator}
    mlflow.log_params({name: str(value)[:500] for name, value in asked.items()})
    rows, held_out = split(customers)
    model = fit_forest(rows, params)
    accuracy, loss = measure(model, held_out)
    mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
    return model, rows
