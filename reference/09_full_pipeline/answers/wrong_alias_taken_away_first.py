"""Takes the alias from the old champion before it gives it to the new one.
In between inference finds nobody; when the second call fails, it does so until morning.

Refused by: test_champion_of_the_moment_is_challenged
"""

_set_alias = MlflowClient.set_registered_model_alias


class MlflowClient(MlflowClient):
    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        self.delete_registered_model_alias(name, alias)
        _set_alias(self, name, alias, version)
