"""Takes the newest version: registered is not promoted.

Refused by: test_champion_scores_and_no_other, test_missing_champion_is_an_error
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    versions = MlflowClient().search_model_versions(f"name = '{MODEL}'")
    version = max(int(one.version) for one in versions)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
