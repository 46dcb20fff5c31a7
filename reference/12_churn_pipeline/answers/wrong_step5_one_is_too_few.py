"""Refuses the smallest values that are allowed.

Refused by: test_parameters_reach_the_models
"""

_pipeline = training_pipeline


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    if n_estimators <= 1 or max_depth <= 1:
        raise ValueError("n_estimators and max_depth are 1 or more")
    return _pipeline.fn(url, store, n_estimators, max_depth, min_auc)
