"""Looks at the check's state instead of letting it raise: undone, yes, and nobody is told.

Refused by: test_failed_check_leaves_the_registry_as_it_was,
test_failed_night_costs_no_second_preparation
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion}
    with transaction():
        version = register_version(store, winner["run_id"])
        state = check_version(version, features, at_most, return_state=True)
        if state.is_completed() and winner[METRIC] > to_beat:
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
            champion = version
    return {"version": version, "champion": champion}
