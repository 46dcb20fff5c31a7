"""Marks the champion before it looks whether there is a way back: the second call marks the good.

Refused by: test_second_call_does_not_bring_it_back, test_nothing_to_go_back_to_is_an_error
"""

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    bad = _version_behind(client, CHAMPION)
    if bad is not None:
        client.set_model_version_tag(MODEL, str(bad), ROLLED_BACK, "true")
    return _roll_back(tracking_uri)
