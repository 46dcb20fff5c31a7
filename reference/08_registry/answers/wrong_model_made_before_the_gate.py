"""Makes the registered model first, so that it is there: a night without a version leaves one.

Refused by: test_nothing_below_the_gate_is_registered
"""

import contextlib

from mlflow.exceptions import MlflowException

_register_best = register_best


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    with contextlib.suppress(MlflowException):
        MlflowClient(tracking_uri).create_registered_model(MODEL)
    return _register_best(tracking_uri, experiment, min_auc)
