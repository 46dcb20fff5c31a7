"""Asks for the champion once, and keeps the answer: promoted or not, this process never hears.

Refused by: test_champion_is_asked_for_each_time
"""

import functools


@functools.lru_cache
def _champion(store: str) -> int:
    return int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = _champion(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
