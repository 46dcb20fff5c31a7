"""Looks for any version of the run: one that another team has made of it is taken for ours.

Refused by: test_second_call_registers_nothing_new
"""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics.get(METRIC, 0.0))
    known = client.search_model_versions(f"run_id = '{best.info.run_id}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version)
