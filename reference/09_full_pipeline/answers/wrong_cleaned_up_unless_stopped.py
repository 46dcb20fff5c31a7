"""Cleans up after errors without a transaction; who stops the process leaves the version.

Refused by: test_failed_check_leaves_the_registry_as_it_was
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion_of(store)[0]}
    version = register_version(store, winner["run_id"])
    try:
        check_version(version, features, at_most)
    except Exception:
        MlflowClient().delete_model_version(MODEL, str(version))
        raise
    champion, to_beat = champion_of(store)
    if winner[METRIC] > to_beat:
        MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
        champion = version
    return {"version": version, "champion": champion}
