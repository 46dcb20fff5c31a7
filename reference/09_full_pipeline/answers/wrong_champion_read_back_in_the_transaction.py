"""Asks who is champion once more, in the transaction: the alias is no longer the last thing there.

The registry does not answer, the version is deleted, and the alias goes with it: no champion.

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
        if winner[METRIC] > champion_of(store)[1]:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
        champion, _ = champion_of(store)
    return {"version": version, "champion": champion}
