"""Merges the dict over the defaults one level deep: a forest with a depth has lost its trees.

Refused by: test_config_changes_only_what_it_names
"""

DEFAULTS = {
    "experiment_name": "default",
    "columns": COLUMNS,
    "forest": {"n_estimators": 100, "max_depth": 10},
}


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    merged = {**DEFAULTS, **(config or {})}
    TrainingConfig.model_validate(merged)
    customers = load_customers(path, merged["columns"])
    forest = merged["forest"]
    report = train_model(customers, forest["n_estimators"], forest["max_depth"])
    return {"experiment_name": merged["experiment_name"], **report}
