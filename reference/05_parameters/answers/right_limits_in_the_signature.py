"""Writes the constraints where the parameters are, strict ones: the text "8" is refused."""

from pydantic import StringConstraints


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str,
    n_estimators: Annotated[int, Field(strict=True, ge=1, le=1000)] = 100,
    max_depth: Annotated[int, Field(strict=True, gt=0, lt=31)] = 10,
    experiment_name: Annotated[str, StringConstraints(pattern="^[a-zA-Z0-9_-]+$")] = "default",
) -> dict:
    with tags(f"experiment:{experiment_name}", "churn"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
