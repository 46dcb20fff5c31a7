"""Undoes in the store that is open when it is called: by then it may be another one.

Refused by: test_version_goes_with_its_transaction
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    version = int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)
    get_transaction().set("registered", version)
    return version


@register_version.on_rollback
def delete_there(staged: Transaction) -> None:
    MlflowClient().delete_model_version(MODEL, str(staged.get("registered")))
