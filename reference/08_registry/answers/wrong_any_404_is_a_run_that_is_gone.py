"""Takes each 404 for a run that `mlflow gc` has removed: a proxy before the registry
answers so, too, and the champion counts as one that was never measured.

Refused by: test_no_answer_is_not_no_champion
"""

from mlflow.exceptions import MlflowException

_measured = _auc_of


def _auc_of(client: MlflowClient, version: int) -> float:
    try:
        return _measured(client, version)
    except MlflowException as error:
        if error.get_http_status_code() != 404:
            raise
        return math.nan
