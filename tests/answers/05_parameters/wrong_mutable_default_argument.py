"""A dict as default value of the parameter, filled in by each run, and no annotation to copy it.

Refused by: test_configured_runs_share_no_default
"""

LAST = {"forest": {}}


@flow(validate_parameters=False)
def train_from_config(path, config=None, settings=LAST):
    TrainingConfig.model_validate(config or {})
    for key, value in (config or {}).items():
        settings[key] = {**settings["forest"], **value} if key == "forest" else value
    chosen = TrainingConfig.model_validate(settings)
    customers = load_customers(path, chosen.columns)
    report = train_model(customers, chosen.forest.n_estimators, chosen.forest.max_depth)
    return {"experiment_name": chosen.experiment_name, **report}
