"""Keeps the old spelling, log_model(model, "model"), and pickles; the orchestrator is a tag."""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run(tags={"orchestrator": orchestrator}) as run:
        mlflow.log_params(params)
        rows, held_out = split(customers)
        model = fit_forest(rows, params)
        mlflow.log_metrics(dict(zip(("val_accuracy", "val_log_loss"), measure(model, held_out))))
        signature = infer_signature(rows[FEATURES].astype(float), rows["churned"].to_numpy())
        mlflow.sklearn.log_model(
            model,
            "model",
            signature=signature,
            serialization_format="cloudpickle",
            pip_requirements=REQUIREMENTS,
        )
    return f"runs:/{run.info.run_id}/model"
