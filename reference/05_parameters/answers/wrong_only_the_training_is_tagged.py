"""The block of tags holds one of the two tasks: under the tag the loading is missing.

Refused by: test_run_is_found_by_its_experiment
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    customers = load_customers(path, COLUMNS)
    with tags(f"experiment:{experiment_name}"):
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
