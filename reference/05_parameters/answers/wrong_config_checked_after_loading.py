"""Builds the typed configuration where it is needed first: after the loading.

Refused by: test_bad_config_is_refused_before_any_work, test_unknown_key_is_refused
"""


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    customers = load_customers(path, (config or {}).get("columns", COLUMNS))
    checked = TrainingConfig.model_validate(config or {})
    report = train_model(customers, checked.forest.n_estimators, checked.forest.max_depth)
    return {"experiment_name": checked.experiment_name, **report}
