"""Gives three customers as an example: MLflow infers the signature from them and a prediction."""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    run_id = track_training(customers, params, store, experiment, orchestrator)
    with mlflow.start_run(run_id=run_id):
        rows, _ = split(customers)
        logged = mlflow.sklearn.log_model(
            fit_forest(rows, params),
            name="churn_model",
            input_example=rows[FEATURES].astype(float).head(3),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
