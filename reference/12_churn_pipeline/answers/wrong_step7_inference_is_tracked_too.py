"""Notes each scoring as a run of the trainings' experiment.

Refused by: test_champion_scores_whichever_it_is
"""

_score = inference_pipeline.fn


@flow(log_prints=True, on_failure=[tell_team])
def inference_pipeline(url: str, store: str) -> dict:
    scores = _score(url, store)
    with mlflow.start_run():
        mlflow.log_metric("customers", len(scores))
    return scores
