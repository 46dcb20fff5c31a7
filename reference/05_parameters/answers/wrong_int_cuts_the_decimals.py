"""Converts by hand: int(7.5) is 7, and nobody is told.

Refused by: test_bad_value_is_refused_before_any_work
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators=100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    try:
        n_estimators = int(n_estimators)
    except (TypeError, ValueError):
        raise ValueError(f"n_estimators is {n_estimators!r}, not a number") from None
    if not 1 <= n_estimators <= 1000:
        raise ValueError(f"n_estimators is {n_estimators}, it must be 1 to 1000")
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
