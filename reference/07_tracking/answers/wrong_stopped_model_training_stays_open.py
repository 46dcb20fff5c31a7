"""Ends the run of a model for Exceptions only: who is stopped by hand leaves it running.

Refused by: test_failed_model_training_is_a_failed_run
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    mlflow.start_run()
    try:
        model, rows = train_in_run(customers, params, orchestrator)
        features = rows[FEATURES].astype(float)
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    except Exception:
        mlflow.end_run("FAILED")
        raise
    mlflow.end_run()
    return logged.model_uri
