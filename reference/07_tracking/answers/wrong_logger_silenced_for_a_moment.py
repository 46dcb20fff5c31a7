"""Silences MLflow's logger for a moment: of two trainings the second one puts back the silence.

Refused by: test_model_belongs_to_its_run
Not examined: no scenario logs two models at once
"""

import logging

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    noisy = logging.getLogger("mlflow.sklearn")
    level = noisy.level
    noisy.setLevel(logging.ERROR)
    try:
        return _track_model(customers, params, store, experiment, orchestrator)
    finally:
        noisy.setLevel(level)
