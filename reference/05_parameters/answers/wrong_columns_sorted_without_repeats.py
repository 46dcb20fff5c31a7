"""Makes a set of the columns and sorts it: another order than was asked, a repeat repaired.

Refused by: test_config_changes_only_what_it_names, test_bad_config_is_refused_before_any_work
"""


class SortedConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Annotated[list[Column], Field(min_length=1)] = COLUMNS
    forest: Forest = Forest()


@flow
def train_from_config(path: str, config: SortedConfig | None = None) -> dict:
    config = config or SortedConfig()
    customers = load_customers(path, sorted(set(config.columns), key=COLUMNS.index))
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
