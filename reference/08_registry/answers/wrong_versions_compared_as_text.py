"""Who takes the greatest version as text: from the tenth on, 9 is the newest for ever.

Refused by: test_newest_version_can_be_rehearsed
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        version = max(str(one.version) for one in client.search_model_versions("name = 'churn'"))
    else:
        version = client.get_model_version_by_alias("churn", which).version
    model = mlflow.sklearn.load_model(f"models:/churn/{version}")
    return int(version), model.predict_proba(customers)[:, 1].tolist()
