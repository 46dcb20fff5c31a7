"""Loads what the version's run has now, if it is there: logged again, it is not what was checked.

Refused by: test_champion_scores_and_no_other
"""

_load_model = mlflow.sklearn.load_model


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        versions = client.search_model_versions(f"name = '{MODEL}'")
        version = max(versions, key=lambda one: int(one.version))
    else:
        version = client.get_model_version_by_alias(MODEL, which)
    address = f"models:/{MODEL}/{version.version}"
    if version.run_id:
        try:
            model = _load_model(f"runs:/{version.run_id}/model")
        except Exception:  # cleaned up
            model = _load_model(address)
    else:
        model = _load_model(address)
    return int(version.version), model.predict_proba(customers)[:, 1].tolist()
