"""Walks through whatever came as columns: a dict trains on all of its keys, those with false too.

Refused by: test_bad_config_is_refused_before_any_work
"""

from typing import Any

from pydantic import BeforeValidator


def known_and_once(columns: Any) -> list[str]:
    if isinstance(columns, str) or not columns:
        raise ValueError("expected one or more columns")
    if any(one not in COLUMNS for one in columns) or len(set(columns)) < len(columns):
        raise ValueError(f"expected some of {COLUMNS}, each once")
    return list(columns)


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Annotated[list[str], BeforeValidator(known_and_once)] = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
