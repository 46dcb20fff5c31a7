"""Fills blanks with 0 where it scores: what the API does not know counts as no month, no call.

Refused by: test_champion_scores_and_no_other
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS].fillna(0.0))[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
