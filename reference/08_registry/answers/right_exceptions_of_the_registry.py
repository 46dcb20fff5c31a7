"""No alias is an exception of `get_model_version_by_alias`: told apart by its words, then used."""

from mlflow.exceptions import MlflowException


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    client = MlflowClient(tracking_uri)
    challenger = client.get_model_version("churn", str(version))
    try:
        champion = client.get_model_version_by_alias("churn", "champion")
    except MlflowException as error:
        if "alias champion not found" not in str(error):
            raise
        champion = None
    new = client.get_run(challenger.run_id).data.metrics.get("val_auc")
    if new is None or math.isnan(new) or "rolled_back" in challenger.tags:
        return None if champion is None else int(champion.version)
    if champion is not None:
        run = client.get_run(champion.run_id) if champion.run_id else None
        if run and new <= run.data.metrics.get("val_auc", math.nan):
            return int(champion.version)
        client.set_registered_model_alias("churn", "previous", champion.version)
    client.set_registered_model_alias("churn", "champion", challenger.version)
    return int(challenger.version)


def roll_back(tracking_uri: str) -> int:
    client = MlflowClient(tracking_uri)
    previous = client.get_model_version_by_alias("churn", "previous")
    bad = client.get_registered_model("churn").aliases.get("champion")
    client.delete_registered_model_alias("churn", "previous")
    client.set_registered_model_alias("churn", "champion", previous.version)
    if bad and int(bad) != int(previous.version):
        client.set_model_version_tag("churn", str(bad), "rolled_back", "2026-03-14")
    return int(previous.version)
