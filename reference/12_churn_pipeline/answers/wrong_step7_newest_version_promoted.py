"""Promotes the newest version of the registry: maybe somebody else's, whom no gate has judged.

Refused by: test_champion_scores_whichever_it_is
"""

_pipeline = training_pipeline


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    found = _pipeline.fn(url, store, n_estimators, max_depth, min_auc)
    if found["version"] is None:
        return found
    client = MlflowClient()
    newest = max(int(one.version) for one in client.search_model_versions(f"name = '{MODEL}'"))
    client.set_registered_model_alias(MODEL, CHAMPION, str(newest))
    return {**found, "version": newest}
