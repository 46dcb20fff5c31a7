"""Leaves out what failed; of nothing, the best is nothing.

Refused by: test_all_failed_is_an_error
"""


@flow
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    futures = [train_model.submit(name, features, n_estimators, max_depth) for name in NAMES]
    results = [future.result(raise_on_failure=False) for future in futures]
    trained = [result for result in results if isinstance(result, dict)]
    return max(trained, key=lambda result: result["val_auc"], default={})
