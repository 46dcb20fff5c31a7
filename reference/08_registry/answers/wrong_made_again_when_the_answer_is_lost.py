"""Asks once more when making a version failed: only its answer was lost, and the run has two.

Refused by: test_no_answer_is_not_no_candidate
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
    best = max(good, key=lambda run: run.data.metrics[METRIC]).info.run_id
    known = client.search_model_versions(f"name = '{MODEL}' and run_id = '{best}'")
    if known:
        return int(known[0].version)
    try:
        made = mlflow.register_model(f"runs:/{best}/model", MODEL)
    except mlflow.MlflowException:
        made = mlflow.register_model(f"runs:/{best}/model", MODEL)
    return int(made.version)
