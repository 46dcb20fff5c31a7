"""Tries the version on ten customers, because the check takes so long.

Refused by: test_champion_of_the_moment_is_challenged
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion_of(store)[0]}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features.head(10), at_most)
        champion, to_beat = champion_of(store)
        if winner[METRIC] > to_beat:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
            champion = version
    return {"version": version, "champion": champion}
