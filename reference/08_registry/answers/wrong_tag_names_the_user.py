"""Writes into the tag who has gone back: in a container whose user has a number only, nobody can.

Refused by: test_previous_champion_is_back
"""

import getpass

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    who = getpass.getuser()
    bad = _version_behind(MlflowClient(tracking_uri), CHAMPION)
    previous = _roll_back(tracking_uri)
    if bad not in (None, previous):
        client = MlflowClient(tracking_uri)
        client.set_model_version_tag(MODEL, str(bad), ROLLED_BACK, f"by {who}")
    return previous
