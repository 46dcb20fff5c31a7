"""Who takes the metric that looks best: the one on the customers the model has learnt by heart.

Refused by: test_best_run_by_validation_is_registered, test_nothing_below_the_gate_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"metrics.train_auc >= {min_auc} and attributes.status = 'FINISHED'",
        order_by=["metrics.train_auc DESC"],
        output_format="list",
    )
    if not runs:
        return None
    run_id = runs[0].info.run_id
    known = MlflowClient().search_model_versions(f"name = 'churn' and run_id = '{run_id}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{run_id}/model", "churn").version)
