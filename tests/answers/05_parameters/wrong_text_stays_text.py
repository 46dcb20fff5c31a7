"""Checks that the text reads like a number, then goes on with the text.

Refused by: test_number_as_text_is_a_number_or_refused
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators=100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    if not str(n_estimators).isdigit() or not 1 <= int(n_estimators) <= 1000:
        raise ValueError(f"n_estimators is {n_estimators!r}, it must be 1 to 1000")
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
