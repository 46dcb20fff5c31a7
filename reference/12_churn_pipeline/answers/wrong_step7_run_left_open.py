"""Ends the MLflow run by hand: where the store fails, it stays active in the worker.

Refused by: test_training_is_tracked_and_registered
"""


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    if n_estimators < 1 or max_depth < 1 or not 0 <= min_auc <= 1:
        raise ValueError("a wrong parameter")
    best = compare_models(data_preparation(url), n_estimators, max_depth)
    print(f"The best is {best['name']}")
    version, asked = None, {"n_estimators": n_estimators, "max_depth": max_depth}
    open_store(store)
    mlflow.start_run()
    mlflow.log_params({**asked, "model": best["name"], "orchestrator": "prefect"})
    mlflow.log_metric("val_auc", best["val_auc"])
    if best["val_auc"] >= min_auc:
        how = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
        logged = mlflow.sklearn.log_model(
            best["model"], name="model", registered_model_name=MODEL, **how
        )
        version = int(logged.registered_model_version)
        MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
    mlflow.end_run()
    return {"name": best["name"], "val_auc": best["val_auc"], "version": version}
