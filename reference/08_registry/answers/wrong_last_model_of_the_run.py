"""Registers the model that the run has logged last: here its calibrator, with the good metric.

Refused by: test_best_run_by_validation_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics[METRIC])
    same_run = f"name = '{MODEL}' and run_id = '{best.info.run_id}'"
    client = MlflowClient(tracking_uri)
    known = client.search_model_versions(same_run)
    if known:
        return int(known[0].version)
    where = [best.info.experiment_id]
    logged = client.search_logged_models(where, f"source_run_id = '{best.info.run_id}'")
    return int(mlflow.register_model(logged[0].model_uri, MODEL).version)
