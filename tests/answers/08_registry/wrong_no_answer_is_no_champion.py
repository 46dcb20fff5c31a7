"""Takes whatever the registry says of the alias, also that it is busy, for "no champion".

Refused by: test_champion_stays_unless_beaten
"""

from mlflow.exceptions import MlflowException


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    try:
        champion = int(client.get_model_version_by_alias(MODEL, CHAMPION).version)
    except MlflowException:
        champion = None
    if ROLLED_BACK in client.get_model_version(MODEL, str(version)).tags:
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
