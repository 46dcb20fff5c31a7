"""Takes whatever the registry says of the alias, also that it is busy, for "no champion".

Refused by: test_champion_stays_unless_beaten
"""

from mlflow.exceptions import MlflowException


def _version_behind(client: MlflowClient, alias: str) -> int | None:
    try:
        return int(client.get_model_version_by_alias(MODEL, alias).version)
    except MlflowException:
        return None
