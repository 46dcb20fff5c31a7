"""Moves the alias before the check and puts it back when that fails: afterwards nothing is seen.

While the check runs, inference loads what is about to be refused.

Refused by: test_failed_check_leaves_the_registry_as_it_was
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion}
    before = champion
    try:
        with transaction():
            version = register_version(store, winner["run_id"])
            if winner[METRIC] > to_beat:
                MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
                champion = version
            check_version(version, features, at_most)
    except BaseException:
        if before is not None:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(before))
        raise
    return {"version": version, "champion": champion}
