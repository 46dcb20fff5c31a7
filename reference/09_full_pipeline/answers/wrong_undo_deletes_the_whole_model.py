"""Undoes too much: the registered model goes, with all its versions and the champion.

Refused by: test_version_goes_with_its_transaction, test_failed_check_leaves_the_registry_as_it_was
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    return int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)


@register_version.on_rollback
def clean(staged: Transaction) -> None:
    MlflowClient().delete_registered_model(MODEL)
