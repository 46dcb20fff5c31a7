"""A number within a billionth of a whole one is that number, as `math.isclose` has it.

Refused by: test_bad_value_is_refused_before_any_work, test_bad_config_is_refused_before_any_work
"""

import math

from pydantic import BeforeValidator


def nearly(value: object) -> object:
    close = isinstance(value, float) and math.isclose(value, round(value))
    return round(value) if close else value


Trees = Annotated[int, BeforeValidator(nearly), Field(ge=1, le=1000)]


class Forest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n_estimators: Trees = 100
    max_depth: Depth = 10


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: Forest = Forest()


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
