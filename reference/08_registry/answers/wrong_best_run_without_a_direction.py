"""Who orders by the metric and takes the first: without DESC that is the worst.

And NaN is not less than the gate, nor than anything: it passes.

Refused by: test_best_run_by_validation_is_registered, test_nothing_below_the_gate_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        order_by=["metrics.val_auc"],
        output_format="list",
    )
    if not runs or runs[0].data.metrics.get("val_auc", -1) < min_auc:
        return None
    run_id = runs[0].info.run_id
    known = MlflowClient().search_model_versions(f"name = 'churn' and run_id = '{run_id}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{run_id}/model", "churn").version)
