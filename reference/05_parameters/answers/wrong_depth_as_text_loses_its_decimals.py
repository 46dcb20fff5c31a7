"""A depth that comes as text is cut: "7.5" is 7.

Refused by: test_bad_value_is_refused_before_any_work
"""

from pydantic import BeforeValidator


def from_a_form(value: object) -> object:
    return value.partition(".")[0] if isinstance(value, str) else value


Depth = Annotated[int, BeforeValidator(from_a_form), Field(ge=1, le=30)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
