"""Keeps models by their number, which never changes: in another registry it is another's.

Refused by: test_new_champion_scores_at_once
"""

import functools


@functools.lru_cache
def _load(version: int) -> LogisticRegression:
    return mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")


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
    model = _load(version)
    return version, model.predict_proba(customers)[:, 1].tolist()
