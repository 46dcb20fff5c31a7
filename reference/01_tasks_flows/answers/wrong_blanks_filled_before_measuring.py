"""Fills blanks before it asks the model: the report is about customers that the model never meets.

Refused by: test_metrics_are_those_of_held_out_customers
"""

_evaluate = evaluate_model.fn


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    numbers = features[FEATURE_COLUMNS]
    return _evaluate(model, features.assign(**numbers.fillna(numbers.median())))
