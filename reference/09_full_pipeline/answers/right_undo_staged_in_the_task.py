"""Adds the undo to the task's own transaction; checks and promotes in tasks of a flow."""

from functools import partial


def delete_version(version: int, store: str, _transaction: Transaction) -> None:
    MlflowClient(store, store).delete_model_version(name=MODEL, version=str(version))


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    version = int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)
    get_transaction().on_rollback_hooks.append(
        partial(delete_version, version, mlflow.get_tracking_uri())
    )
    return version


@task
def promote(version: int) -> int:
    MlflowClient().set_registered_model_alias(MODEL, CHAMPION, version)
    return version


@flow
def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    if math.isnan(winner[METRIC]) or winner[METRIC] < min_auc:
        return {"version": None, "champion": champion_of(store)[0]}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features, at_most)
    champion, to_beat = champion_of(store)
    if champion is None or winner[METRIC] > to_beat:
        champion = promote(version)
    return {"version": version, "champion": champion}
