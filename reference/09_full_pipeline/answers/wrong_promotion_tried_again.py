"""Tries the promotion again when the registry is away, but not the comparison before it.
Whoever has come meanwhile, and is better, is replaced.

Refused by: test_champion_of_the_moment_is_challenged
"""

_set_alias_once = MlflowClient.set_registered_model_alias


class MlflowClient(MlflowClient):
    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        try:
            _set_alias_once(self, name, alias, version)
        except mlflow.MlflowException:
            _set_alias_once(self, name, alias, version)
