"""Right checks in the wrong place: the customers are loaded first.

Forty minutes later the run fails on a number that was known at its start.

Refused by: test_bad_value_is_refused_before_any_work
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: str = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        if not 1 <= n_estimators <= 1000:
            raise ValueError(f"n_estimators is {n_estimators}, it must be 1 to 1000")
        if not 1 <= max_depth <= 30:
            raise ValueError(f"max_depth is {max_depth}, it must be 1 to 30")
        if not experiment_name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"experiment_name is {experiment_name!r}")
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
