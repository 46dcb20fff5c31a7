"""Takes the version that was touched last for the newest: somebody edits an old one's text.

Refused by: test_newest_version_can_be_rehearsed
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        order = ["last_updated_timestamp DESC"]
        found = client.search_model_versions(f"name = '{MODEL}'", order_by=order)
        version = int(found[0].version)
    else:
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers)[:, 1].tolist()
