"""Has the ids become floats on the way: beyond 2**53 two customers are one.

Refused by: test_champion_scores_and_no_other
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {
        "version": version,
        "scores": dict(
            zip([int(one) for one in features.index.astype(float)], scores, strict=True)
        ),
    }
