"""Rounds for the report, and compares what was rounded: near models are equal.

Refused by: test_model_is_measured_on_customers_it_does_not_know
"""

_train = train_model.fn


@task
def train_model(name: str, features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    trained = _train(name, features, n_estimators, max_depth)
    return {**trained, "val_auc": round(trained["val_auc"], 2)}
