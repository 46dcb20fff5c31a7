"""Asks the experiment for its newest model: of two machines that log, both get that of one.

Refused by: test_address_leads_to_the_same_model_tomorrow
"""

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    _track_model(customers, params, store, experiment, orchestrator)
    newest = mlflow.search_logged_models(
        experiment_ids=[mlflow.get_experiment_by_name(experiment).experiment_id],
        order_by=[{"field_name": "creation_timestamp", "ascending": False}],
        max_results=1,
        output_format="list",
    )
    return newest[0].model_uri
