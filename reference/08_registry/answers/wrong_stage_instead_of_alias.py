"""Who promotes as in the tutorials of 2022, by a stage: inference, which asks the alias, sees none.

Refused by: test_first_version_becomes_champion, test_better_version_takes_over
"""

import warnings


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, "champion")
    if "rolled_back" in client.get_model_version("churn", str(version)).tags:
        return champion
    to_beat = -math.inf if champion is None else _auc_of(client, champion)
    if not _auc_of(client, version) > to_beat:
        return champion
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        client.transition_model_version_stage(
            "churn", str(version), "Production", archive_existing_versions=True
        )
    return version
