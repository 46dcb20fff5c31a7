"""Fills the missing keys into the dict that the caller gave.

Refused by: test_callers_config_stays_as_it_is
"""


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    config = config or {}
    forest = config.setdefault("forest", {})
    TrainingConfig.model_validate(config)
    forest.setdefault("n_estimators", 100)
    forest.setdefault("max_depth", 10)
    customers = load_customers(path, config.get("columns", COLUMNS))
    report = train_model(customers, forest["n_estimators"], forest["max_depth"])
    return {"experiment_name": config.get("experiment_name", "default"), **report}
