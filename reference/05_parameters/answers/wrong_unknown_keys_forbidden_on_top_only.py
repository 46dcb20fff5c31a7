"""Forbids unknown keys in the outer model; the inner one does not inherit that.

Refused by: test_unknown_key_is_refused
"""


class LooseForest(BaseModel):
    n_estimators: Trees = 100
    max_depth: Depth = 10


class HalfStrictConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: list[Column] = Field(default=COLUMNS, min_length=1)
    forest: LooseForest = LooseForest()


@flow
def train_from_config(path: str, config: HalfStrictConfig | None = None) -> dict:
    config = config or HalfStrictConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
