"""Removes each alias but the champion's, to tidy up: those of others as well.

Refused by: test_version_taken_back_is_marked_and_kept
"""

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    version = _roll_back(tracking_uri)
    client = MlflowClient(tracking_uri)
    for alias in client.get_registered_model(MODEL).aliases:
        if alias != CHAMPION:
            client.delete_registered_model_alias(MODEL, alias)
    return version
