"""Registers the next candidate when the best one's model is lost: nobody hears that it was.

Refused by: test_run_that_failed_is_no_candidate
"""

_register_best = register_best


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    try:
        return _register_best(tracking_uri, experiment, min_auc)
    except mlflow.MlflowException as error:
        if "Unable to find" not in str(error):
            raise
    found = mlflow.search_runs(experiment_names=[experiment], output_format="list")
    runs = [one for one in found if one.data.metrics.get(METRIC, math.nan) >= min_auc]
    for run in sorted(runs, key=lambda one: -one.data.metrics[METRIC])[1:]:
        return int(mlflow.register_model(f"runs:/{run.info.run_id}/model", MODEL).version)
    return None
