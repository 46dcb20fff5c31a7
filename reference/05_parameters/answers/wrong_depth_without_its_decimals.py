"""Cuts the depth, and only the depth, to a whole number.

Refused by: test_bad_value_is_refused_before_any_work
"""

from pydantic import BeforeValidator

Cut = Annotated[int, BeforeValidator(int), Field(ge=1, le=30)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Cut = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
