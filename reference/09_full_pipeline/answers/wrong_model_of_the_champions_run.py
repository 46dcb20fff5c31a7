"""Loads what the champion's run has: a version that was made of a mended model scores as before.

Refused by: test_champion_scores_and_no_other
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    champion = MlflowClient().get_model_version_by_alias(MODEL, CHAMPION)
    model = mlflow.sklearn.load_model(f"runs:/{champion.run_id}/model")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    scored = dict(zip(features.index.tolist(), scores, strict=True))
    return {"version": int(champion.version), "scores": scored}
