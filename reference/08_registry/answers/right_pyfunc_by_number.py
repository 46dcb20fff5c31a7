"""The address does the rest: `models:/churn/3`, once the registry has said which number.

The probabilities are asked of a generic model.
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    if which == "latest":
        found = mlflow.search_model_versions(filter_string="name = 'churn'")
        version = max(int(one.version) for one in found)
    else:
        version = MlflowClient().get_model_version_by_alias("churn", which).version
    model = mlflow.pyfunc.load_model(f"models:/churn/{version}")
    scores = model.get_raw_model().predict_proba(customers)[:, 1]
    return int(version), [float(score) for score in scores]
