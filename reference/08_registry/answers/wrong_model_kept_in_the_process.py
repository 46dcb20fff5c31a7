"""Who loads the champion once, to be quick: promoted or taken back, this process never hears of it.

Refused by: test_new_champion_scores_at_once
"""

import functools


@functools.lru_cache
def _load(tracking_uri: str, which: str) -> tuple:
    mlflow.set_tracking_uri(tracking_uri)
    if which == "latest":
        versions = MlflowClient().search_model_versions("name = 'churn'")
        version = max(int(one.version) for one in versions)
    else:
        version = int(MlflowClient().get_model_version_by_alias("churn", which).version)
    return version, mlflow.sklearn.load_model(f"models:/churn/{version}")


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    version, model = _load(tracking_uri, which)
    return version, model.predict_proba(customers)[:, 1].tolist()
