"""The case of the letters is ignored: K of kelvin is a k then, and no search finds that name.

Refused by: test_bad_value_is_refused_before_any_work
"""

import re


def plain(name: str) -> str:
    if not re.fullmatch("[a-z0-9_-]+", name, re.IGNORECASE):
        raise ValueError("one or more of a-z, A-Z, 0-9, - and _")
    return name


Name = Annotated[str, AfterValidator(plain)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
