"""A status looked at by hand, a key function, `map`, and constraints in the annotations."""

from typing import Annotated

from prefect import unmapped
from prefect.tasks import task_input_hash
from pydantic import Field

One = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
last_steps = training_pipeline.fn


@task(
    retries=3,
    retry_delay_seconds=lambda _: [10, 30, 60],
    retry_condition_fn=lambda task, run, state: "gone for good" not in str(state.message),
)
def load_customers(url: str) -> list[dict]:
    with requests.Session() as session:
        response = session.get(url, timeout=(3, 20))
    if 400 <= response.status_code < 500 and response.status_code != 429:
        raise ValueError(f"{response.status_code}: gone for good")
    if response.status_code != 200:
        raise ConnectionError(f"the API said {response.status_code}")
    try:
        return response.json()
    except ValueError as error:
        raise ValueError("no JSON: gone for good") from error


engineer_features = task(
    engineer_features.fn, cache_key_fn=task_input_hash, cache_expiration=timedelta(minutes=60)
)


@flow(name="comparison")
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    futures = train_model.map(NAMES, unmapped(features), n_estimators, max_depth)
    futures.wait()
    trained = [future.result() for future in futures if future.state.is_completed()]
    return sorted(trained, key=lambda result: result["val_auc"])[-1]


@flow(name="training", log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: One = 20, max_depth: One = 3, min_auc: Share = 0.7
) -> dict:
    return last_steps(url, store, n_estimators, max_depth, min_auc)
