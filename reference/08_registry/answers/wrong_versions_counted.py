"""Counts the versions to find the newest: a deleted one leaves a gap.

Refused by: test_newest_version_can_be_rehearsed
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        version = len(client.search_model_versions(f"name = '{MODEL}'"))
    else:
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers)[:, 1].tolist()
