"""Switches autologging on and leaves it on: the next fit of anybody makes a run here.

Refused by: test_run_is_in_the_asked_experiment
"""

import mlflow
import mlflow.sklearn
import pandas as pd

_track_training = track_training


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, silent=True)
    return _track_training(customers, params, store, experiment, orchestrator)
