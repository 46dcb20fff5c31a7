"""Logs a model with a function of this file in it: inference has no such file, and cannot load it.

Refused by: test_loaded_model_is_the_measured_one, test_signature_survives_a_blank
"""

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def as_floats(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[FEATURES].astype(float)


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run():
        model, rows = train_in_run(customers, params, orchestrator)
        features = as_floats(rows)
        logged = mlflow.sklearn.log_model(
            make_pipeline(FunctionTransformer(as_floats), model),
            name="model",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
            serialization_format="cloudpickle",
        )
    return logged.model_uri
