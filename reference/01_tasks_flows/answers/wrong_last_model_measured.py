"""Measures the model that was trained last in this process, whichever it is given.

Refused by: test_model_learns_from_the_given_rows_only
"""

_trained = []
_fit, _measure = train_model.fn, evaluate_model.fn


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    _trained.append(_fit(features))
    return _trained[-1]


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    return _measure(_trained[-1] if _trained else model, features)
