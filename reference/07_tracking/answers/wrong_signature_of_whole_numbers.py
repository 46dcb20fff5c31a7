"""Infers the signature from tonight's types: the first blank makes floats, and it refuses them.

Refused by: test_signature_survives_a_blank
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run():
        model, rows = train_in_run(customers, params, orchestrator)
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(rows[FEATURES], model.predict(rows[FEATURES])),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
