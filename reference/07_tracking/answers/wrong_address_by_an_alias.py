"""Registers each model, moves an alias to it and returns the alias: tomorrow it is another's.

Refused by: test_address_leads_to_the_same_model_tomorrow
"""

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    logged = _track_model(customers, params, store, experiment, orchestrator)
    client = mlflow.MlflowClient()
    version = mlflow.register_model(logged, "churn").version
    client.set_registered_model_alias("churn", "tonight", version)
    return "models:/churn@tonight"
