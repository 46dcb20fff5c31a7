"""Asks for the alias twice, for the model and for the number: in between it may move.

Refused by: test_new_champion_scores_at_once
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        versions = client.search_model_versions(f"name = '{MODEL}'")
        version = max(int(one.version) for one in versions)
        model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    else:
        model = mlflow.sklearn.load_model(f"models:/{MODEL}@{which}")
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    return version, model.predict_proba(customers)[:, 1].tolist()
