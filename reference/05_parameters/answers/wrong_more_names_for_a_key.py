"""Takes other names of a key as well: a run with `trees` is not found by its n_estimators.

Refused by: test_unknown_key_is_refused
"""

from pydantic import AliasChoices


class Forest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n_estimators: Trees = Field(100, validation_alias=AliasChoices("n_estimators", "trees"))
    max_depth: Depth = Field(10, validation_alias=AliasChoices("max_depth", "depth"))


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
