"""Tells the training's error in its own words: a ValueError, but of no class that anybody knows.

Refused by: test_failed_training_is_a_failed_run
"""

_train_in_run = train_in_run


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    try:
        return _train_in_run(customers, params, orchestrator)
    except ValueError as error:
        raise ValueError(f"the training with {params} failed: {error}") from error
