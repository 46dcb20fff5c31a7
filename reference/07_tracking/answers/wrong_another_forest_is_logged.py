"""Measures one forest and logs another one, learnt from all customers: it is better, surely.

Refused by: test_loaded_model_is_the_measured_one
"""


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run():
        train_in_run(customers, params, orchestrator)
        features = customers[FEATURES].astype(float)
        model = fit_forest(customers, params)
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return logged.model_uri
