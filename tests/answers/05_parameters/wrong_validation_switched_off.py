"""Switched the engine's validation off because it once copied a large frame.

The annotations are still there and nobody reads them any more.

Refused by: test_bad_value_is_refused_before_any_work, test_bad_value_comes_before_a_missing_file,
    test_number_as_text_is_a_number_or_refused
"""


@flow(
    flow_run_name="{experiment_name}-{n_estimators}x{max_depth}",
    validate_parameters=False,
)
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
