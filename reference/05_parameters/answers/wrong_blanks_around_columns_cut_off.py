"""Cuts off the blanks around the name of a column: what is misspelt is repaired in silence.

Refused by: test_bad_config_is_refused_before_any_work
"""

from pydantic import BeforeValidator


def trimmed(columns: object) -> object:
    if not isinstance(columns, list):
        return columns
    return [one.strip() if isinstance(one, str) else one for one in columns]


class TrimmingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Annotated[Columns, BeforeValidator(trimmed)] = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: TrimmingConfig | None = None) -> dict:
    config = config or TrimmingConfig()
    with tags(f"experiment:{config.experiment_name}"):
        customers = load_customers(path, config.columns)
        report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
