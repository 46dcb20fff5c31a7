"""Reads the tag's value: only one that sounds like yes keeps a version out.

Refused by: test_version_taken_back_is_out_of_the_race
"""


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, CHAMPION)
    tag = client.get_model_version(MODEL, str(version)).tags.get(ROLLED_BACK, "")
    if tag.lower() not in ("", "0", "false", "no"):
        return champion
    to_beat = math.nan if champion is None else _auc_of(client, champion)
    if math.isnan(to_beat):
        to_beat = -math.inf
    if not _auc_of(client, version) > to_beat:
        return champion
    if champion is not None:
        client.set_registered_model_alias(MODEL, PREVIOUS, str(champion))
    client.set_registered_model_alias(MODEL, CHAMPION, str(version))
    return version
