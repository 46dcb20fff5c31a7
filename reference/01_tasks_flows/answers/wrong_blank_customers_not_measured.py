"""Leaves out whoever has a blank number when it measures.

Refused by: test_metrics_are_those_of_held_out_customers
"""

_measure = evaluate_model.fn


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    whole = features.dropna(subset=FEATURE_COLUMNS)
    return {**_measure(model, whole), "customers": len(features)}
