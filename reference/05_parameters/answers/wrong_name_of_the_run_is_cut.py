"""Keeps 40 signs of the experiment in the run's name: two regions of one campaign are one name.

Refused by: test_run_name_tells_the_configuration
"""


@flow(flow_run_name="{experiment_name:.40}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
