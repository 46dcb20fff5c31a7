"""Who registers whenever called: a retried job makes two versions of one model.

One is taken back, the other one is promoted the next night.

Refused by: test_second_call_registers_nothing_new
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get("val_auc", -1) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics["val_auc"])
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", "churn").version)
