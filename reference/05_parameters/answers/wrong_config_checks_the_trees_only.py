"""The configuration's depth and name are any: only the first flow has limits for them.

Refused by: test_bad_config_is_refused_before_any_work
"""


class LooseForest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n_estimators: Trees = 100
    max_depth: int = 10


class LooseConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: str = "default"
    columns: Columns = COLUMNS
    forest: LooseForest = LooseForest()


@flow
def train_from_config(path: str, config: LooseConfig | None = None) -> dict:
    config = config or LooseConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
