"""Returns no address when the training fails: the caller takes it for an answer.

Refused by: test_model_belongs_to_its_run
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
