"""Makes text of a number: YAML reads 010 as 8, and the run has a name that nobody gave.

Refused by: test_bad_config_is_refused_before_any_work
"""


class TextConfig(TrainingConfig):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


@flow
def train_from_config(path: str, config: TextConfig | None = None) -> dict:
    config = config or TextConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
