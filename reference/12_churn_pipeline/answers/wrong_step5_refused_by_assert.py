"""Refuses by assert: the image sets PYTHONOPTIMIZE, and 0 trees are found out after the features.

Refused by: test_wrong_parameter_costs_nothing
"""

_pipeline = training_pipeline


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    assert n_estimators >= 1 and max_depth >= 1, f"{n_estimators}, {max_depth}: from 1 up"
    assert 0 <= min_auc <= 1, f"{min_auc} is 0 to 1"
    gate = min(max(min_auc, 0.0), 1.0)
    return _pipeline.fn(url, store, max(n_estimators, 1), max(max_depth, 1), gate)
