"""Searches everywhere, and compares with the newest version only: the model is not tonight's.

Refused by: test_best_run_by_validation_is_registered, test_second_call_registers_nothing_new
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        search_all_experiments=True,
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get("val_auc", -1) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics["val_auc"])
    versions = MlflowClient().search_model_versions("name = 'churn'")
    newest = max(versions, key=lambda one: int(one.version), default=None)
    if newest is not None and newest.run_id == best.info.run_id:
        return int(newest.version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", "churn").version)
