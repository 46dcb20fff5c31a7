"""Has a second alias stand in when there is no champion: better an old model than none.

Refused by: test_missing_champion_is_an_error
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    aliases = MlflowClient().get_registered_model(MODEL).aliases
    version = int(aliases.get(CHAMPION) or aliases["previous"])
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
