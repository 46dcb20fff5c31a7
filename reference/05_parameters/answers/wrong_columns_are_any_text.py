"""Types the columns as a list of text: a wrong name is found out by the file, an empty list later.

Refused by: test_bad_config_is_refused_before_any_work
"""


class TextConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: list[str] = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: TextConfig | None = None) -> dict:
    config = config or TextConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
