"""Who forgets that a run which crashed has logged its metrics, and perhaps a model, before that.

Refused by: test_run_that_failed_is_no_candidate
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"metrics.val_auc >= {min_auc}",
        order_by=["metrics.val_auc DESC"],
        output_format="list",
    )
    runs = [run for run in runs if run.data.metrics["val_auc"] >= min_auc]
    if not runs:
        return None
    run_id = runs[0].info.run_id
    known = MlflowClient().search_model_versions(f"name = 'churn' and run_id = '{run_id}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{run_id}/model", "churn").version)
