"""Puts the annotations with limits on the task that trains: the engine reads those of flows only.

Refused by: test_bad_value_is_refused_before_any_work
"""


@task
def train_checked(customers: pd.DataFrame, n_estimators: Trees, max_depth: Depth) -> dict:
    return train_model.fn(customers, n_estimators, max_depth)


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: str = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_checked(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
