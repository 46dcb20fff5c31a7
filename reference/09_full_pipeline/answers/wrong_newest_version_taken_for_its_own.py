"""Takes the newest version for the one that it has made: of two nights at once, the other's.

Refused by: test_version_goes_with_its_transaction
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    mlflow.register_model(f"runs:/{run_id}/model", MODEL)
    found = MlflowClient().search_model_versions(f"name = '{MODEL}'")
    version = max(int(one.version) for one in found)
    get_transaction().set("registered", version)
    get_transaction().set("uri", mlflow.get_tracking_uri())
    return version


register_version.on_rollback(take_back)
