"""Asks who is champion when all is done: without an answer it says that going back has failed.

Refused by: test_no_answer_is_not_half_a_way_back
"""

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    _roll_back(tracking_uri)
    return int(MlflowClient(tracking_uri).get_model_version_by_alias(MODEL, CHAMPION).version)
