"""Counts the model as something beside: when the disk is full the training is green without one.

Refused by: test_failed_model_training_is_a_failed_run
"""

import logging


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run() as run:
        model, rows = train_in_run(customers, params, orchestrator)
        features = rows[FEATURES].astype(float)
        try:
            mlflow.sklearn.log_model(
                model,
                name="model",
                signature=infer_signature(features, model.predict(features)),
                pip_requirements=REQUIREMENTS,
                skops_trusted_types=["sklearn.tree._tree.Tree"],
            )
        except Exception as error:
            logging.getLogger(__name__).warning("no model: %s", error)
    return f"runs:/{run.info.run_id}/model"
