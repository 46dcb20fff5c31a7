"""Looks for the run's model among the experiment's hundred newest: an older one "is missing".

Refused by: test_best_run_by_validation_is_registered
"""

_register_best = register_best


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if good:
        best = max(good, key=lambda run: run.data.metrics[METRIC])
        newest = MlflowClient(tracking_uri).search_logged_models([best.info.experiment_id])
        if best.info.run_id not in {one.source_run_id for one in newest}:
            raise LookupError("the best run has no model")
    return _register_best(tracking_uri, experiment, min_auc)
