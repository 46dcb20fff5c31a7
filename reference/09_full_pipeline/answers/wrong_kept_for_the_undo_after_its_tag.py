"""Tags the version first, then keeps its number for the undo: a tag that fails leaves the version.

Refused by: test_version_goes_with_its_transaction
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    version = int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)
    MlflowClient().set_model_version_tag(MODEL, str(version), "orchestrator", "prefect")
    get_transaction().set("registered", version)
    get_transaction().set("uri", mlflow.get_tracking_uri())
    return version


register_version.on_rollback(take_back)
