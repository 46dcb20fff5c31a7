"""Names the model after the orchestrator: "airflow 3.1" is no name for one, and the night is lost.

Refused by: test_model_belongs_to_its_run
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run():
        model, rows = train_in_run(customers, params, orchestrator)
        features = rows[FEATURES].astype(float)
        logged = mlflow.sklearn.log_model(
            model,
            name=f"churn by {orchestrator}",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
