"""Asks the API with urllib3, names the registry to MLflow, and scores with a generic model."""

import urllib3


class Answered(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)  # as it was made: so pickle makes it again
        self.status = status

    def __str__(self) -> str:
        return f"the API answered {self.status}"


def can_heal(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, Answered):
        return error.status == 429 or error.status >= 500
    return isinstance(error, urllib3.exceptions.HTTPError)


@task(retries=3, retry_delay_seconds=[10, 30, 60], retry_condition_fn=can_heal)
def load_customers(url: str) -> list[dict]:
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=30)) as pool:
        answer = pool.request("GET", url)
    if answer.status >= 400:
        raise Answered(answer.status)
    return answer.json()


def name_store(store: str) -> None:
    uri = f"sqlite:///{store}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)


def open_store(store: str) -> None:
    name_store(store)
    if mlflow.get_experiment_by_name(MODEL) is None:
        mlflow.create_experiment(MODEL, artifact_location=(Path(store) / "artifacts").as_uri())
    mlflow.set_experiment(MODEL)


@flow(log_prints=True, on_failure=[tell_team])
def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    name_store(store)
    model = mlflow.pyfunc.load_model(f"models:/{MODEL}@{CHAMPION}").get_raw_model()
    scores = model.predict_proba(features[COLUMNS])[:, 1]
    return {int(who): float(one) for who, one in zip(features.index, scores, strict=True)}
