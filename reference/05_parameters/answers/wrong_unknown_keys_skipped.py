"""Two typed models, as pydantic makes them: what they do not know is skipped.

`max_deph: 3` trains ten levels, and the run is green.

Refused by: test_unknown_key_is_refused
"""


class LooseForest(BaseModel):
    n_estimators: Trees = 100
    max_depth: Depth = 10


class LooseConfig(BaseModel):
    experiment_name: Name = "default"
    columns: list[Column] = Field(default=COLUMNS, min_length=1)
    forest: LooseForest = LooseForest()


@flow
def train_from_config(path: str, config: LooseConfig | None = None) -> dict:
    config = config or LooseConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
