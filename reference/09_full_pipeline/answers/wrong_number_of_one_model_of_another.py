"""Reads the number behind the alias, and loads by the alias: it may move in between.

Refused by: test_champion_is_asked_for_each_time
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
