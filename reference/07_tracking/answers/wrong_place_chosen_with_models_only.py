"""Makes an experiment without a place for artifacts, as this task logs none: the next one does.

Refused by: test_candidates_are_children_of_one_run
"""

_compare_candidates = compare_candidates


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    mlflow.set_experiment(experiment)
    return _compare_candidates(customers, candidates, store, experiment, orchestrator)
