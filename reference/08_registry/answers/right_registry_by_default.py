"""Leaves the process pointed at the store, registry named too; its client is told nothing."""


def at(uri: str) -> MlflowClient:
    mlflow.set_registry_uri(uri)
    mlflow.set_tracking_uri(uri)
    return MlflowClient()


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    client = at(tracking_uri)
    place = client.get_experiment_by_name(experiment)
    aucs = {
        run.info.run_id: run.data.metrics.get(METRIC, math.nan)
        for run in client.search_runs([place.experiment_id], max_results=50_000)
        if run.info.status == "FINISHED"
    }
    good = {run_id: auc for run_id, auc in aucs.items() if auc >= min_auc}
    if not good:
        return None
    best = max(good, key=good.__getitem__)
    known = client.search_model_versions(f"name = '{MODEL}' and run_id = '{best}'")
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best}/model", MODEL).version)
