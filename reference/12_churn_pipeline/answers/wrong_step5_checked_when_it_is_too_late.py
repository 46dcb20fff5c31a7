"""Checks, but after the customers were loaded.

Refused by: test_wrong_parameter_costs_nothing
"""


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    features = data_preparation(url)
    if n_estimators < 1 or max_depth < 1 or not 0 <= min_auc <= 1:
        raise ValueError("a wrong parameter")
    best = compare_models(features, n_estimators, max_depth)
    return {"name": best["name"], "val_auc": best["val_auc"]}
