"""Clears the other aliases away when it promotes: nobody can roll back.

Refused by: test_champion_moves_only_to_a_better_version
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion_of(store)[0]}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features, at_most)
        champion, to_beat = champion_of(store)
        if winner[METRIC] > to_beat:
            for alias in list(MlflowClient().get_registered_model(MODEL).aliases):
                MlflowClient().delete_registered_model_alias(MODEL, alias)
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
            champion = version
    return {"version": version, "champion": champion}
