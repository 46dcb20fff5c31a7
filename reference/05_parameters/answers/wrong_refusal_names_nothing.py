"""Refuses at the right moment and says "bad parameters". Which of the three, and why?

Refused by: test_bad_value_is_refused_before_any_work
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: Name = "default"
) -> dict:
    if not (1 <= n_estimators <= 1000 and 1 <= max_depth <= 30):
        raise ValueError("bad parameters")
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
