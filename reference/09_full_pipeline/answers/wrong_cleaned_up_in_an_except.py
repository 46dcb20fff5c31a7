"""Cleans up in `release` with try and except, and nothing hangs on the task itself.

What fails later, in a colleague's step, leaves the version where it is; so does a check that
breaks instead of refusing.

Refused by: test_version_goes_with_its_transaction, test_failed_check_leaves_the_registry_as_it_was
"""


@task
def register_version(store: str, run_id: str) -> int:
    open_store(store)
    return int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion}
    version = register_version(store, winner["run_id"])
    try:
        check_version(version, features, at_most)
    except ValueError:
        MlflowClient().delete_model_version(MODEL, str(version))
        raise
    if winner[METRIC] > to_beat:
        MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
        champion = version
    return {"version": version, "champion": champion}
