"""Takes a registry that does not answer for one without a champion: the bad one goes unmarked.

Refused by: test_no_answer_is_not_half_a_way_back
"""

from mlflow.exceptions import MlflowException


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    previous = client.get_model_version_by_alias(MODEL, PREVIOUS).version
    try:
        bad = client.get_model_version_by_alias(MODEL, CHAMPION).version
    except MlflowException:
        bad = None
    if bad is not None:
        client.set_model_version_tag(MODEL, str(bad), ROLLED_BACK, "true")
    client.set_registered_model_alias(MODEL, CHAMPION, str(previous))
    client.delete_registered_model_alias(MODEL, PREVIOUS)
    return int(previous)
