"""Who looks up the champion and then loads from its run: a run that was cleaned up, or never was.

Refused by: test_version_without_a_run_can_score
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which != "champion":
        versions = client.search_model_versions("name = 'churn'")
        version = max(versions, key=lambda one: int(one.version))
    else:
        version = client.get_model_version_by_alias("churn", which)
    model = mlflow.sklearn.load_model(f"runs:/{version.run_id}/model")
    return int(version.version), model.predict_proba(customers)[:, 1].tolist()
