"""Names every run by its id, through one client that all threads share: no active run at all."""

from contextlib import contextmanager

from mlflow import MlflowClient
from mlflow.models import Model
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID


def create_run(client, store, experiment, name=None, parent=None):
    found = client.get_experiment_by_name(experiment)
    place = Path(store, "artifacts").as_uri()
    identity = found.experiment_id if found else client.create_experiment(experiment, place)
    tags = {MLFLOW_PARENT_RUN_ID: parent} if parent else {}
    return client.create_run(identity, run_name=name, tags=tags).info.run_id


@contextmanager
def ending(client, run_id):
    try:
        yield
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)


def train_by_id(client, run_id, customers, params, orchestrator):
    with ending(client, run_id):
        client.set_tag(run_id, "orchestrator", orchestrator)
        for name, value in params.items():
            client.log_param(run_id, name, value)
        rows, held_out = split(customers)
        model = fit_forest(rows, params)
        accuracy, loss = measure(model, held_out)
        client.log_metric(run_id, "val_accuracy", accuracy)
        client.log_metric(run_id, "val_log_loss", loss)
    return model, rows


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    client = MlflowClient(f"sqlite:///{store}/mlflow.db")
    run_id = create_run(client, store, experiment)
    train_by_id(client, run_id, customers, params, orchestrator)
    return run_id


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    client = MlflowClient()
    run_id = create_run(client, store, experiment)
    model, rows = train_by_id(client, run_id, customers, params, orchestrator)
    features = rows[FEATURES].astype("float64")
    logged = Model.log(
        artifact_path=None,
        name="forest",
        flavor=mlflow.sklearn,
        run_id=run_id,
        sk_model=model,
        signature=infer_signature(features, model.predict(features)),
        pip_requirements=REQUIREMENTS,
        skops_trusted_types=["sklearn.tree._tree.Tree"],
    )
    return logged.model_uri


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    client = MlflowClient(f"sqlite:///{store}/mlflow.db")
    parent = create_run(client, store, experiment, "comparison")
    with ending(client, parent), ThreadPoolExecutor(max_workers=len(candidates)) as pool:
        client.log_param(parent, "orchestrator", orchestrator)
        jobs = []
        for name, params in candidates.items():
            run_id = create_run(client, store, experiment, name, parent)
            jobs.append(pool.submit(train_by_id, client, run_id, customers, params, orchestrator))
        failed = [job.exception() for job in jobs if job.exception()]
        if len(failed) == len(jobs):
            raise failed[0]
    return parent
