"""Hangs the undo on the check, because it is the check that fails: just that one is not undone.

Refused by: test_version_goes_with_its_transaction, test_failed_check_leaves_the_registry_as_it_was
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    version = int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)
    outer = get_transaction().get_parent()
    if outer is not None:
        outer.set("registered", version)
    return version


check_version.on_rollback(take_back)
