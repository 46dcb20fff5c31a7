"""Leaves failed runs out, and takes those that were killed or are still running.

Refused by: test_run_that_failed_is_no_candidate
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status != 'FAILED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics.get(METRIC, 0.0))
    same_run = f"name = '{MODEL}' and run_id = '{best.info.run_id}'"
    known = client.search_model_versions(same_run)
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version)
