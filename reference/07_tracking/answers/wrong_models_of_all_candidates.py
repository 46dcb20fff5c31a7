"""Logs the model of each candidate as well: five a night, and nobody has asked for them.

Refused by: test_candidates_are_children_of_one_run
"""

_train_in_run = train_in_run
_compare_candidates = compare_candidates


def _train_and_log(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    model, rows = _train_in_run(customers, params, orchestrator)
    mlflow.sklearn.log_model(
        model,
        name="model",
        pip_requirements=REQUIREMENTS,
        skops_trusted_types=["sklearn.tree._tree.Tree"],
    )
    return model, rows


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    global train_in_run
    train_in_run = _train_and_log
    try:
        return _compare_candidates(customers, candidates, store, experiment, orchestrator)
    finally:
        train_in_run = _train_in_run
