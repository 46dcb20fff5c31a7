"""Takes whatever goes wrong while a metric is read for "it has none".

Refused by: test_no_answer_is_not_no_champion
"""

from mlflow.exceptions import MlflowException

_read = _auc_of


def _auc_of(client: MlflowClient, version: int) -> float:
    try:
        return _read(client, version)
    except MlflowException:
        return math.nan
