"""Leaves the making of the experiment to set_experiment: its artifacts go to ./mlruns.

Refused by: test_model_lies_beside_the_database
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    mlflow.set_experiment(experiment)
    with mlflow.start_run():
        model, rows = train_in_run(customers, params, orchestrator)
        features = rows[FEATURES].astype(float)
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
