"""Finds a column that is there twice by an `assert`: under `python -O` nobody does.

Refused by: test_bad_config_is_refused_before_any_work
Not examined: the examination does not load a submission as `python -O` does.
"""


def by_an_assert(columns: list[str]) -> list[str]:
    assert len(set(columns)) == len(columns), "a column is named twice"
    return columns


Asserted = Annotated[list[Column], Field(min_length=1), AfterValidator(by_an_assert)]


class AssertedConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Asserted = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: AssertedConfig | None = None) -> dict:
    config = config or AssertedConfig()
    with tags(f"experiment:{config.experiment_name}"):
        customers = load_customers(path, config.columns)
        report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
