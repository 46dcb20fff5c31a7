"""Keeps the last model in one place of the store, which looks tidy: each night replaces it.

Refused by: test_address_leads_to_the_same_model_tomorrow
"""

import shutil

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    logged = _track_model(customers, params, store, experiment, orchestrator)
    place = Path(store) / "artifacts" / "current"
    shutil.rmtree(place, ignore_errors=True)
    mlflow.artifacts.download_artifacts(logged, dst_path=str(place))
    return str(place)
