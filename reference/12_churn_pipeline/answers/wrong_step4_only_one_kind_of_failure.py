"""Leaves out what fails with a ValueError, which it has seen; any other error ends all.

Refused by: test_best_one_wins_though_another_fails
"""


@flow
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    futures = [train_model.submit(name, features, n_estimators, max_depth) for name in NAMES]
    trained = []
    for future in futures:
        try:
            trained.append(future.result())
        except ValueError:
            continue
    return max(trained, key=lambda result: result["val_auc"])
