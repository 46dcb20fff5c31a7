"""Makes a number of Python of each of numpy: a sweep asks for 5.83 levels and trains 5.

Refused by: test_bad_value_is_refused_before_any_work
"""

import numpy as np
from pydantic import BeforeValidator


def unboxed(value: object) -> object:
    return int(value) if isinstance(value, np.number) else value


Trees = Annotated[int, Field(ge=1, le=1000), BeforeValidator(unboxed)]
Depth = Annotated[int, Field(ge=1, le=30), BeforeValidator(unboxed)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
