"""Lets MLflow find out what the model needs: another Python, ten seconds, for every model.

Refused by: test_requirements_are_told_not_guessed
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
            name="model",
            signature=infer_signature(features, model.predict(features)),
            extra_pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
