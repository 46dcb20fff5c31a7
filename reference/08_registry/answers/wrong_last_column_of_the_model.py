"""Takes the last column of the probabilities: if all had stayed, it is that of class 0.

Refused by: test_missing_champion_is_an_error
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
    return version, model.predict_proba(customers)[:, -1].tolist()
