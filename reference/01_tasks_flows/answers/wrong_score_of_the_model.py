"""Asks the model for its score, which is the accuracy only by chance.

Refused by: test_metrics_are_those_of_held_out_customers
"""

_measure = evaluate_model.fn


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    metrics = _measure(model, features)
    if hasattr(model, "score"):
        held_out = features[is_held_out(features)]
        metrics["accuracy"] = model.score(held_out[FEATURE_COLUMNS], held_out["churned"])
    return metrics
