"""Takes "tonight" by the clock: the best run began weeks ago and was resumed, and it is lost.

Refused by: test_best_run_by_validation_is_registered
"""

import time


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    since = int((time.time() - 24 * 3600) * 1000)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"attributes.status = 'FINISHED' and attributes.start_time >= {since}",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics[METRIC]).info.run_id
    client = MlflowClient(tracking_uri)
    known = client.search_model_versions(f"name = '{MODEL}' and run_id = '{best}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best}/model", MODEL).version)
