"""The guide's own line: inference loads `models:/churn/latest`, the newest, approved or not.

Refused by: test_champion_scores_and_no_other, test_missing_champion_is_an_error
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    versions = MlflowClient(tracking_uri).search_model_versions("name = 'churn'")
    model = mlflow.sklearn.load_model("models:/churn/latest")
    newest = max(int(one.version) for one in versions)
    return newest, model.predict_proba(customers)[:, 1].tolist()
