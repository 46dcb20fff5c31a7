"""Keeps what is to be undone in a global: of two versions only the last one goes.

Refused by: test_version_goes_with_its_transaction
"""

LAST: list[int] = []


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    LAST.append(int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version))
    return LAST[-1]


@register_version.on_rollback
def take_back_the_last(_: Transaction) -> None:
    MlflowClient().delete_model_version(MODEL, str(LAST[-1]))
