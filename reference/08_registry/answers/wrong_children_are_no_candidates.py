"""Leaves out the runs that have a parent, as mere trials: of a comparison, they are all there is.

Refused by: test_best_run_by_validation_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    own = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    good = [run for run in own if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics[METRIC])
    same_run = f"name = '{MODEL}' and run_id = '{best.info.run_id}'"
    known = client.search_model_versions(same_run)
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version)
