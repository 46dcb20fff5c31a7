"""Nothing global: one client with the store's address does the searching and the registering.

Metrics are compared by the server's filter, which leaves NaN out.
"""

from mlflow.exceptions import MlflowException


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    client = MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
    runs = client.search_runs(
        [client.get_experiment_by_name(experiment).experiment_id],
        filter_string=f"attributes.status = 'FINISHED' and metrics.val_auc >= {min_auc}",
        order_by=["metrics.val_auc DESC"],
    )
    runs = [run for run in runs if not math.isnan(run.data.metrics["val_auc"])]
    if not runs:
        return None
    run_id = runs[0].info.run_id
    for one in client.search_model_versions("name = 'churn'"):
        if one.run_id == run_id:
            return int(one.version)
    try:
        client.create_registered_model("churn")
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    model = client.search_logged_models(
        [runs[0].info.experiment_id], filter_string=f"source_run_id = '{run_id}' and name = 'model'"
    )[0]
    made = client.create_model_version("churn", model.artifact_location, run_id=run_id)
    return int(made.version)
