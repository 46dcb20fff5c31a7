"""Drops at inference who has a blank number: she is not scored, and nobody is told.

Refused by: test_champion_scores_whichever_it_is
"""


@flow(log_prints=True, on_failure=[tell_team])
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)[COLUMNS].dropna()
    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    print(f"{len(features)} customers scored")
    scores = model.predict_proba(features)[:, 1].tolist()
    return dict(zip(features.index.tolist(), scores, strict=True))
