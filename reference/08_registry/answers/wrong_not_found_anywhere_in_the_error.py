"""Reads "not found" in an error as "no champion": a server whose host is not found says so too.

Refused by: test_no_answer_is_not_no_champion
"""

from mlflow.exceptions import MlflowException

_promote_if_better = promote_if_better


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    try:
        client.get_model_version_by_alias(MODEL, CHAMPION)
    except MlflowException as error:
        if "not found" not in str(error):
            raise
        if _auc_of(client, version) >= 0:
            client.set_registered_model_alias(MODEL, CHAMPION, str(version))
            return version
        return None
    return _promote_if_better(tracking_uri, version)
