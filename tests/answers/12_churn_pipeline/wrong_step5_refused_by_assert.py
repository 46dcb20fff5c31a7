"""Refuses by assert: the image sets PYTHONOPTIMIZE, and 0 trees are found out after the features.

Refused by: test_wrong_parameter_costs_nothing
"""


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    assert n_estimators >= 1, n_estimators
    assert max_depth >= 1, max_depth
    assert 0 <= min_auc <= 1, min_auc
    best = compare_models(data_preparation(url), n_estimators, max_depth)
    return {"name": best["name"], "val_auc": best["val_auc"]}
