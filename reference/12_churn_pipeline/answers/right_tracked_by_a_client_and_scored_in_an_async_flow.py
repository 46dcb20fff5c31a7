"""Tracks in a task with a client; the parameters' names and the alias are the same."""


@task
def release(
    best: dict, store: str, n_estimators: int, max_depth: int, min_auc: float
) -> int | None:
    open_store(store)
    client = MlflowClient()
    experiment = client.get_experiment_by_name(MODEL).experiment_id
    run_id = client.create_run(experiment, tags={"team": "churn"}).info.run_id
    logged = {
        "model": best["name"],
        "orchestrator": "prefect",
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "min_auc": min_auc,
    }
    for name, value in logged.items():
        client.log_param(run_id, name, value)
    client.log_metric(run_id, "val_auc", best["val_auc"])
    version = None
    if best["val_auc"] >= min_auc:
        with mlflow.start_run(run_id=run_id):
            info = mlflow.sklearn.log_model(
                best["model"], "model", pip_requirements=[], serialization_format="cloudpickle"
            )
        version = int(mlflow.register_model(info.model_uri, MODEL).version)
        client.set_registered_model_alias(MODEL, CHAMPION, version)
    client.set_terminated(run_id)
    return version


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    if min(n_estimators, max_depth) < 1 or not 0 <= min_auc <= 1:
        raise ValueError("a parameter is out of range")
    best = compare_models(data_preparation(url), n_estimators, max_depth)
    print(f"The best is {best['name']}: val_auc {best['val_auc']:.3f}")
    version = release(best, store, n_estimators, max_depth, min_auc)
    return {"name": best["name"], "val_auc": best["val_auc"], "version": version}


@flow(on_failure=[tell_team])
async def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    return dict(zip(features.index.tolist(), model.predict_proba(features[COLUMNS])[:, 1]))
