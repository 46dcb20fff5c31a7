"""Moves what is out of range to the nearest limit, without a word.

max_depth=300 trains 30 levels, and the table of the sweep says 300.

Refused by: test_bad_value_is_refused_before_any_work, test_bad_value_comes_before_a_missing_file
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: Name = "default"
) -> dict:
    n_estimators = min(max(n_estimators, 1), 1000)
    max_depth = min(max(max_depth, 1), 30)
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
