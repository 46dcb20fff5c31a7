"""Takes a champion whose metric is 0 for one without: what is no better takes over.

Refused by: test_champion_stays_unless_beaten
"""


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, CHAMPION)
    if ROLLED_BACK in client.get_model_version(MODEL, str(version)).tags:
        return champion
    to_beat = (champion and _auc_of(client, champion)) or -math.inf
    if math.isnan(to_beat):
        to_beat = -math.inf
    if not _auc_of(client, version) > to_beat:
        return champion
    if champion is not None:
        client.set_registered_model_alias(MODEL, PREVIOUS, str(champion))
    client.set_registered_model_alias(MODEL, CHAMPION, str(version))
    return version
