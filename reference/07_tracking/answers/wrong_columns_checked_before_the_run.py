"""Refuses a file without a column before it opens a run: the store knows nothing of that training.

Refused by: test_failed_training_is_a_failed_run
"""

_track_training = track_training


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    customers[FEATURES]
    return _track_training(customers, params, store, experiment, orchestrator)
