"""Calls the tasks: nothing depends on anything, "so they run together".

Refused by: test_three_models_train_at_once
"""


@flow
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    states = [
        train_model(name, features, n_estimators, max_depth, return_state=True) for name in NAMES
    ]
    trained = [state.result() for state in states if state.is_completed()]
    if not trained:
        raise RuntimeError("all models failed")
    return max(trained, key=lambda result: result["val_auc"])
