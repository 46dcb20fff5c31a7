"""Asks for the metric of who comes back, to tell it: its run is gone, and nobody can go back.

Refused by: test_previous_champion_is_back, test_version_taken_back_is_marked_and_kept,
test_second_call_does_not_bring_it_back
"""

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    previous = _version_behind(client, PREVIOUS)
    if previous is not None:
        logging.getLogger(__name__).info("back with %s", _auc_of(client, previous))
    return _roll_back(tracking_uri)
