"""Opens the store first, to fail early: half an hour later another one is open in this process.

Refused by: test_champion_is_asked_for_each_time
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    open_store(store)
    features = data_preparation(url)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
