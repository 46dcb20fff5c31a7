"""Writes PREVIOUS once: the second promotion leaves the champion of March there.

Refused by: test_better_version_takes_over
"""


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, CHAMPION)
    if ROLLED_BACK in client.get_model_version(MODEL, str(version)).tags:
        return champion
    to_beat = math.nan if champion is None else _auc_of(client, champion)
    if math.isnan(to_beat):
        to_beat = -math.inf
    if not _auc_of(client, version) > to_beat:
        return champion
    if champion is not None and _version_behind(client, PREVIOUS) is None:
        client.set_registered_model_alias(MODEL, PREVIOUS, str(champion))
    client.set_registered_model_alias(MODEL, CHAMPION, str(version))
    return version
