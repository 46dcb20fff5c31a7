"""Takes a key that begins with _ for a comment: `_max_depth` trains the default, green.

Refused by: test_unknown_key_is_refused
"""

from pydantic import model_validator


def without_comments(told: object) -> object:
    known = isinstance(told, dict)
    return {key: told[key] for key in told if not key.startswith("_")} if known else told


class CommentedForest(Forest):
    skip = model_validator(mode="before")(without_comments)


class CommentedConfig(TrainingConfig):
    forest: CommentedForest = CommentedForest()


@flow
def train_from_config(path: str, config: CommentedConfig | None = None) -> dict:
    config = config or CommentedConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}
