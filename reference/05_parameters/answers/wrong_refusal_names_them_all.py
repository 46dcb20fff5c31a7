"""Says what all parameters were: which of them is wrong?

Refused by: test_bad_value_is_refused_before_any_work
"""

import re


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: float = 100, max_depth: float = 10, experiment_name: str = "default"
) -> dict:
    right = n_estimators in range(1, 1001) and max_depth in range(1, 31)
    if not (right and re.fullmatch("[A-Za-z0-9_-]+", experiment_name)):
        told = {"n_estimators": n_estimators, "max_depth": max_depth}
        raise ValueError(f"bad parameters: {told}, experiment_name {experiment_name!r}")
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
