"""Loads a copy of the model from a temporary folder, and leaves it there: one more each hour.

Refused by: test_champion_scores_and_no_other
"""

import tempfile

import mlflow
from mlflow import MlflowClient


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
    folder = tempfile.mkdtemp(prefix=f"{MODEL}-")
    path = mlflow.artifacts.download_artifacts(f"models:/{MODEL}/{version}", dst_path=folder)
    return version, mlflow.sklearn.load_model(path).predict_proba(customers)[:, 1].tolist()
