"""The notebook's constants stay: the flow has parameters, and hands the constants on.

Half of a refactoring. The run page shows what was asked, the model is always the same one.

Refused by: test_only_what_is_overridden_changes, test_values_at_the_limits_are_allowed
"""

N_ESTIMATORS = 100
MAX_DEPTH = 10


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, N_ESTIMATORS, MAX_DEPTH)
    return {"experiment_name": experiment_name, **report}
