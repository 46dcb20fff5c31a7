"""Loads the champion once a worker: one that is taken out of service goes on scoring.

Refused by: test_champion_scores_whichever_it_is
"""

KEPT = {}


@flow(log_prints=True, on_failure=[tell_team])
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    if store not in KEPT:
        KEPT[store] = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    scores = KEPT[store].predict_proba(features[COLUMNS])[:, 1].tolist()
    return dict(zip(features.index.tolist(), scores, strict=True))
