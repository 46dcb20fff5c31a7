"""Undoes by the run: a version of it that an earlier night has made goes as well.

Refused by: test_version_goes_with_its_transaction, test_version_stays_when_nothing_fails
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    get_transaction().set("run", run_id)
    get_transaction().set("store", store)
    return int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)


@register_version.on_rollback
def delete_of_the_run(staged: Transaction) -> None:
    open_store(staged.get("store"))
    client = MlflowClient()
    for one in client.search_model_versions(f"name = '{MODEL}'"):
        if one.run_id == staged.get("run"):
            client.delete_model_version(MODEL, one.version)
