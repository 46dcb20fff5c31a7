"""pandas all the way: `search_runs` as a frame, `idxmax`; the model by its own address."""


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_registry_uri(tracking_uri)
    runs = mlflow.search_runs(experiment_names=[experiment])
    if "metrics.val_auc" not in runs:
        return None
    good = runs[(runs["status"] == "FINISHED") & (runs["metrics.val_auc"] >= min_auc)]
    if good.empty:
        return None
    best = good.loc[good["metrics.val_auc"].idxmax()]
    same_run = f"name = 'churn' and run_id = '{best['run_id']}'"
    known = mlflow.search_model_versions(filter_string=same_run)
    if known:
        return int(known[0].version)
    models = mlflow.search_logged_models(
        experiment_ids=[best["experiment_id"]],
        filter_string=f"source_run_id = '{best['run_id']}' and name = 'model'",
        output_format="list",
    )
    return int(mlflow.register_model(models[0].model_uri, "churn").version)
