"""Asks only a float whether it is whole: of a Decimal in the settings the rest is cut.

Refused by: test_bad_value_is_refused_before_any_work
"""

from typing import Any

from pydantic import BeforeValidator


def whole(value: Any) -> int:
    if isinstance(value, bool | str | None) or (
        isinstance(value, float) and not value.is_integer()
    ):
        raise ValueError("expected a whole number")
    return int(value)


Trees = Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)]
Depth = Annotated[int, BeforeValidator(whole), Field(ge=1, le=30)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        report = train_model(load_customers(path, COLUMNS), n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
