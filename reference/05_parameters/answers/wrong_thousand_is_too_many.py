"""Reads "1 to 1000" as Python's range does: without the 1000.

Refused by: test_values_at_the_limits_are_allowed
"""

Fewer = Annotated[int, Field(ge=1, lt=1000)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Fewer = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
