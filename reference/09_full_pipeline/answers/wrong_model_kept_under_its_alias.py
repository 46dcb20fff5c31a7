"""Keeps the model under its address, which names the alias: promoted or not, the first one scores.

Refused by: test_champion_is_asked_for_each_time
"""

import functools


@functools.lru_cache
def _load(address: str) -> object:
    return mlflow.sklearn.load_model(address)


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = _load(f"models:/{MODEL}@{CHAMPION}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
