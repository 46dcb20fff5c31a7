"""Throws the names of the columns away: charges are taken for months, and nobody is told.

Refused by: test_champion_scores_and_no_other
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        versions = client.search_model_versions(f"name = '{MODEL}'")
        version = max(int(one.version) for one in versions)
    else:
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers.to_numpy())[:, 1].tolist()
