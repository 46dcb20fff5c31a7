"""Loads all columns and drops some: fails over a column that the configuration does not want.

Refused by: test_config_changes_only_what_it_names
"""


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, COLUMNS)[[*config.columns, "churned"]]
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
