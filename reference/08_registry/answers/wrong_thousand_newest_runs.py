"""Asks for the runs as the client does by itself: the newest thousand, and there are more.

Refused by: test_best_run_by_validation_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    identity = client.get_experiment_by_name(experiment).experiment_id
    runs = client.search_runs([identity], "attributes.status = 'FINISHED'")
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics.get(METRIC, 0.0))
    same_run = f"name = '{MODEL}' and run_id = '{best.info.run_id}'"
    known = client.search_model_versions(same_run)
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version)
