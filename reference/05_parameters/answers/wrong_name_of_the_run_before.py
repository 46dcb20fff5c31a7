"""A configuration without a name gets that of the run before it, in the same process.

Refused by: test_configured_runs_share_no_default
"""

latest = ["default"]


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    if "experiment_name" in config.model_fields_set:
        latest[0] = config.experiment_name
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": latest[0], **report}
