"""Names both halves of the store to the process while it works, and puts both back afterwards."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def working_in(uri: str) -> Iterator[MlflowClient]:
    tracking, registry = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    try:
        yield MlflowClient()
    finally:
        mlflow.set_tracking_uri(tracking)
        mlflow.set_registry_uri(registry)


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    with working_in(tracking_uri) as client:
        found = mlflow.search_runs(
            experiment_names=[experiment],
            filter_string=f"attributes.status = 'FINISHED' and metrics.{METRIC} >= {min_auc}",
            order_by=[f"metrics.{METRIC} DESC"],
            output_format="list",
        )
        passed = [run for run in found if run.data.metrics[METRIC] >= min_auc]
        if not passed:
            return None
        run_id = passed[0].info.run_id
        for known in client.search_model_versions(f"run_id = '{run_id}'"):
            if known.name == MODEL:
                return int(known.version)
        return int(mlflow.register_model(f"runs:/{run_id}/model", MODEL).version)


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    with working_in(tracking_uri) as client:
        if which == "latest":
            found = mlflow.search_model_versions(filter_string=f"name = '{MODEL}'")
            version = max(int(one.version) for one in found)
        else:
            version = int(client.get_model_version_by_alias(MODEL, which).version)
        model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers)[:, 1].tolist()
