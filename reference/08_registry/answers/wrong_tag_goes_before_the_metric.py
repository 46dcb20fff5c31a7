"""Believes a tag of the version before its run's metric: whoever may tag decides who is champion.

Refused by: test_first_version_becomes_champion, test_better_version_takes_over
"""

_auc_measured = _auc_of


def _auc_of(client: MlflowClient, version: int) -> float:
    tags = client.get_model_version(MODEL, str(version)).tags
    return float(tags[METRIC]) if METRIC in tags else _auc_measured(client, version)
