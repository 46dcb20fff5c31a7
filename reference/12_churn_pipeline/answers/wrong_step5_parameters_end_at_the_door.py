"""Takes parameters and trains with the constants of old.

Refused by: test_parameters_reach_the_models
"""


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    best = compare_models(data_preparation(url))
    return {"name": best["name"], "val_auc": best["val_auc"]}
