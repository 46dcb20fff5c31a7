"""Writes what a run is told into the module's defaults: a shallow copy shares the inner dict.

The first run of a worker's process changes all later ones.

Refused by: test_configured_runs_share_no_default
"""

DEFAULTS = {
    "experiment_name": "default",
    "columns": COLUMNS,
    "forest": {"n_estimators": 100, "max_depth": 10},
}


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    TrainingConfig.model_validate(config or {})
    settings = dict(DEFAULTS)
    for key, value in (config or {}).items():
        if key == "forest":
            settings["forest"].update(value)
        else:
            settings[key] = value
    customers = load_customers(path, settings["columns"])
    forest = settings["forest"]
    report = train_model(customers, forest["n_estimators"], forest["max_depth"])
    return {"experiment_name": settings["experiment_name"], **report}
