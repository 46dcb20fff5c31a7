"""Marks the newest version where there is no champion: it must have been that one.

Refused by: test_previous_champion_is_back
"""

_roll_back = roll_back


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    if _version_behind(client, CHAMPION) is None:
        newest = max(int(one.version) for one in client.search_model_versions(f"name = '{MODEL}'"))
        client.set_model_version_tag(MODEL, str(newest), ROLLED_BACK, "true")
    return _roll_back(tracking_uri)
