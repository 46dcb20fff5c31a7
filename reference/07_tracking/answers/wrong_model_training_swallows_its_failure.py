"""Returns no address when the training fails: the caller takes it for an answer.

Refused by: test_failed_model_training_is_a_failed_run
"""

_track = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    try:
        return _track(customers, params, store, experiment, orchestrator)
    except ValueError as error:
        print(error)
        return ""
