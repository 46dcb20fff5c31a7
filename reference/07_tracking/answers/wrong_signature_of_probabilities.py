"""Writes into the signature that the model predicts probabilities: it predicts classes.

Refused by: test_signature_survives_a_blank
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
            signature=infer_signature(features, model.predict_proba(features)[:, 1]),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
