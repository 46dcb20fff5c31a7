"""Takes the greatest number of the whole registry: another team has more versions than we have.

Refused by: test_newest_version_can_be_rehearsed, test_version_without_a_run_can_score
"""

_score_customers = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    if which != "latest":
        return _score_customers(tracking_uri, customers, which)
    mlflow.set_tracking_uri(tracking_uri)
    version = max(int(one.version) for one in mlflow.search_model_versions())
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers)[:, 1].tolist()
