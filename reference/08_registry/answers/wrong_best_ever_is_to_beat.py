"""Compares with the best version there has ever been, and promotes the first one unasked.

A version that was never promoted, or was taken back, bars the way for ever.

Refused by: test_better_version_takes_over, test_version_taken_back_is_out_of_the_race,
test_first_version_becomes_champion
"""


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, "champion")
    others = [int(one.version) for one in client.search_model_versions("name = 'churn'")]
    best = max((_auc_of(client, one) for one in others if one != version), default=-math.inf)
    if champion is not None and not _auc_of(client, version) > best:
        return champion
    if champion is not None:
        client.set_registered_model_alias("churn", "previous", str(champion))
    client.set_registered_model_alias("churn", "champion", str(version))
    return version
