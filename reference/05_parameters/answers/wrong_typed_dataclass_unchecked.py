"""Trusts a dataclass made by hand: its types are a comment, nothing is checked.

Refused by: test_bad_config_is_refused_before_any_work
"""

import dataclasses


@dataclasses.dataclass
class PlainForest:
    n_estimators: int = 100
    max_depth: int = 10


@dataclasses.dataclass
class PlainConfig:
    experiment_name: str = "default"
    columns: list[str] = dataclasses.field(default_factory=lambda: list(COLUMNS))
    forest: dict = dataclasses.field(default_factory=dict)


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    plain = PlainConfig(**(config or {}))
    forest = PlainForest(**plain.forest)
    customers = load_customers(path, plain.columns)
    report = train_model(customers, forest.n_estimators, forest.max_depth)
    return {"experiment_name": plain.experiment_name, **report}
