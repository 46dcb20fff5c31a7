"""A section, or a depth, that is null in the file is taken: for the defaults, and for no limit.

Refused by: test_bad_config_is_refused_before_any_work
"""


class Forest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n_estimators: Trees = 100
    max_depth: Depth | None = 10


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: Forest | None = None


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    forest = config.forest or Forest()
    customers = load_customers(path, config.columns)
    report = train_model(customers, forest.n_estimators, forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
