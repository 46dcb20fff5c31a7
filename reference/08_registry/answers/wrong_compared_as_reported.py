"""Compares what the report shows, three decimals: a better model that looks equal waits.

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
    if not round(_auc_of(client, version), 3) > to_beat:
        return champion
    if champion is not None:
        client.set_registered_model_alias(MODEL, PREVIOUS, str(champion))
    client.set_registered_model_alias(MODEL, CHAMPION, str(version))
    return version
