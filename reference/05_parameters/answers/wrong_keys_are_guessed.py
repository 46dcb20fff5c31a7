"""Keys are compared without their case and their underscores: what was meant is guessed.

Refused by: test_unknown_key_is_refused
"""

from pydantic import model_validator


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: Forest = Forest()

    @model_validator(mode="before")
    @classmethod
    def guess(cls, told: object) -> object:
        return (
            {key.lower().strip("_ "): told[key] for key in told} if isinstance(told, dict) else told
        )


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
