"""Asks whether the gate is below 0 or above 1: NaN is neither, and is passed by nobody.

Refused by: test_wrong_parameter_costs_nothing
"""

_pipeline = training_pipeline


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    if min_auc < 0 or min_auc > 1:
        raise ValueError(f"{min_auc=} is 0 to 1")
    return _pipeline.fn(url, store, n_estimators, max_depth, min_auc if min_auc == min_auc else 0)
