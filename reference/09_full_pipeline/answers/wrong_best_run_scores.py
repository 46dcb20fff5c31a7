"""Asks the tracking store for the best run, and loads its model past the registry.

Refused by: test_champion_scores_and_no_other, test_missing_champion_is_an_error
"""


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    everywhere = [one.experiment_id for one in MlflowClient().search_experiments()]
    best = MlflowClient().search_runs(everywhere, order_by=[f"metrics.{METRIC} DESC"])[0]
    model = mlflow.sklearn.load_model(f"runs:/{best.info.run_id}/model")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    version, _ = champion_of(store)
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
