"""Makes the caller's own columns floats, for the signature: the next step gets another frame.

Refused by: test_model_belongs_to_its_run
"""

import mlflow
import pandas as pd

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    for name in FEATURES:
        customers[name] = customers[name].astype(float)
    return _track_model(customers, params, store, experiment, orchestrator)
