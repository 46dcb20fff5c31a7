"""Asks whether the AUC is too low: NaN is not, and an equal model takes the champion's place.

Refused by: test_nothing_below_the_gate_is_registered, test_champion_moves_only_to_a_better_version
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if winner[METRIC] < min_auc:
        return {"version": None, "champion": champion}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(version, features, at_most)
        if not winner[METRIC] < to_beat:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
            champion = version
    return {"version": version, "champion": champion}
