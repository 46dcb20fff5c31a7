"""Of the columns in the configuration the known ones are used, and no one hears of the others.

Refused by: test_bad_config_is_refused_before_any_work
"""

from pydantic import BeforeValidator


def pick(columns: object) -> object:
    known = [one for one in columns if one in COLUMNS] if isinstance(columns, list) else columns
    return known or columns


class TrainingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Annotated[Columns, BeforeValidator(pick)] = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
