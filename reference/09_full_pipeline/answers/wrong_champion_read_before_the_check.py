"""Asks for the champion first: one that comes while the check runs is replaced.

Refused by: test_champion_of_the_moment_is_challenged
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features, at_most)
        if winner[METRIC] > to_beat:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
            champion = version
    return {"version": version, "champion": champion}
