"""Loads the newest version, whoever is the champion.

Refused by: test_champion_scores_whichever_it_is
"""


@flow(log_prints=True)
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/latest")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return dict(zip(features.index.tolist(), scores, strict=True))
