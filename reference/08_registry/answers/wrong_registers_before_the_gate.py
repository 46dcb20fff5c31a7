"""Who registers first, to see the metrics on the version's page, and deletes what is not good.

For a moment `latest` is the bad model; and the number that is missing tells it for ever.

Refused by: test_nothing_below_the_gate_is_registered
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        order_by=["metrics.val_auc DESC"],
        output_format="list",
    )
    best = runs[0]
    known = client.search_model_versions(f"name = 'churn' and run_id = '{best.info.run_id}'")
    if known:
        return int(known[0].version)
    made = mlflow.register_model(f"runs:/{best.info.run_id}/model", "churn")
    if not best.data.metrics.get("val_auc", 0.0) >= min_auc:
        client.delete_model_version("churn", str(made.version))
        return None
    return int(made.version)
