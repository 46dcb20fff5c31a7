"""Returns where it has written a copy of the model: the folder is swept at night.

Refused by: test_address_leads_to_the_same_model_tomorrow
"""

import tempfile

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    logged = _track_model(customers, params, store, experiment, orchestrator)
    copy = tempfile.mkdtemp()
    return mlflow.artifacts.download_artifacts(logged, dst_path=copy)
