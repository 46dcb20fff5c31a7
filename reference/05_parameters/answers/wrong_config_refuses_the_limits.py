"""The configuration has limits of its own, one less on each side.

Refused by: test_config_at_the_limits_is_allowed
"""


class NarrowForest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n_estimators: Annotated[int, Field(gt=1, lt=1000)] = 100
    max_depth: Annotated[int, Field(gt=1, lt=30)] = 10


class NarrowConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: NarrowForest = NarrowForest()


@flow
def train_from_config(path: str, config: NarrowConfig | None = None) -> dict:
    config = config or NarrowConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
