"""The types are right and that is all: 0 trees, depth -1 and an empty name go to the last step.

What a learner has who stops at the stub's `int`.

Refused by: test_bad_value_is_refused_before_any_work
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: str = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
