"""The address does it all: `models:/churn@champion`, and `models:/churn/latest` in a rehearsal.

The number is asked of the registry, the probabilities of a generic model.
"""


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    mlflow.set_tracking_uri(tracking_uri)
    address = "models:/churn/latest" if which == "latest" else f"models:/churn@{which}"
    model = mlflow.pyfunc.load_model(address)
    if which == "latest":
        version = max(int(one.version) for one in mlflow.search_model_versions())
    else:
        version = MlflowClient().get_model_version_by_alias("churn", which).version
    scores = model.get_raw_model().predict_proba(customers)[:, 1]
    return int(version), [float(score) for score in scores]
