"""Keeps the models it has loaded, by number: each store has a version 1.

Refused by: test_champion_is_asked_for_each_time
"""

_models: dict[int, object] = {}


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = _models.get(version) or mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    _models[version] = model
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
