"""Fills the defaults into the dict of the caller, who reads tonight's settings from it afterwards.

Refused by: test_config_changes_only_what_it_names
"""

from prefect import flow


@flow(validate_parameters=False)
def train_from_config(path: str, config: dict | None = None) -> dict:
    checked = TrainingConfig.model_validate(config or {})
    if config is not None:
        config.setdefault("experiment_name", checked.experiment_name)
    customers = load_customers(path, checked.columns)
    report = train_model(customers, checked.forest.n_estimators, checked.forest.max_depth)
    return {"experiment_name": checked.experiment_name, **report}
