"""Takes the columns where they have always been.

Refused by: test_champion_is_asked_for_each_time
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features.iloc[:, : len(COLUMNS)].to_numpy())[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
