"""Checks the model of the run first and registers afterwards: no transaction needed, "and simpler".

Nobody has ever loaded what the registry holds.

Refused by: test_failed_check_leaves_the_registry_as_it_was
"""


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    champion, to_beat = champion_of(store)
    if not winner[METRIC] >= min_auc:
        return {"version": None, "champion": champion}
    model = mlflow.sklearn.load_model(f"runs:/{winner['run_id']}/model")
    share = float((model.predict_proba(features[COLUMNS])[:, 1] > 0.5).mean())
    if share > at_most:
        raise ValueError(f"it would call {share:.0%} of the customers")
    version = register_version(store, winner["run_id"])
    if winner[METRIC] > to_beat:
        MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
        champion = version
    return {"version": version, "champion": champion}
