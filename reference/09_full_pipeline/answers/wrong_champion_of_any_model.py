"""Takes the first champion of the registry, whose model it may be.

Refused by: test_missing_champion_is_an_error
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    found = [one for one in MlflowClient().search_registered_models() if CHAMPION in one.aliases]
    name, version = found[0].name, int(found[0].aliases[CHAMPION])
    model = mlflow.sklearn.load_model(f"models:/{name}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
