"""Train at night, score by day: the whole churn pipeline, from a flaky API to the registry.

The store is a folder: `mlflow.db` holds runs and registry, `artifacts` the models. The parts are
given; you join them.
"""

import math
from datetime import timedelta
from pathlib import Path

import mlflow
import mlflow.sklearn
import pandas as pd
import requests
from mlflow import MlflowClient
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.transactions import get_transaction, transaction  # noqa: F401  task 2 needs them
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MODEL, CHAMPION, METRIC = "churn", "champion", "val_auc"
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
COLUMNS = [*NUMBERS, "month-to-month", "one year", "two years"]
CANDIDATES = {
    "contract": {"columns": COLUMNS[3:], "C": 1.0},
    "calls": {"columns": ["support_calls"], "C": 1.0},
    "numbers": {"columns": NUMBERS, "C": 1.0},
    "everything": {"columns": COLUMNS, "C": 1.0},
    "everything, with care": {"columns": COLUMNS, "C": 0.01},
}


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_customers(url: str) -> list[dict]:
    """Load the customers from the API (given)."""
    response = requests.get(url, timeout=10)
    response.raise_for_status()
    return response.json()


@task(cache_policy=TASK_SOURCE + INPUTS, cache_expiration=timedelta(hours=12))
def engineer_features(customers: list[dict]) -> pd.DataFrame:
    """Make the features (given); for all customers this takes 30 minutes."""
    frame = pd.DataFrame(customers).set_index("customer_id")
    for name in COLUMNS[3:]:
        frame[name] = frame["contract"] == name
    return frame.drop(columns="contract").astype(float)


@flow
def data_preparation(url: str) -> pd.DataFrame:
    """Load and prepare the customers (given): COLUMNS, and `churned` where the API knows it."""
    return engineer_features(load_customers(url))


def open_store(store: str) -> None:
    """Point this process's MLflow to the store and its one experiment (given)."""
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    if mlflow.get_experiment_by_name(MODEL) is None:
        mlflow.create_experiment(MODEL, artifact_location=(Path(store) / "artifacts").as_uri())
    mlflow.set_experiment(MODEL)


@task
def train_candidate(name: str, settings: dict, features: pd.DataFrame, parent_run_id: str) -> dict:
    """Train a candidate in an MLflow run of its own and log its model as `model` (given).

    Args:
        name: The run's name.
        settings: `columns` to learn from, and `C`.
        features: With `churned`; every fourth customer is held out.
        parent_run_id: The run above this one; its store is open.

    Returns:
        `name`, `run_id` and METRIC: the AUC on those held out, 0 to 1.

    Raises:
        ValueError: No such settings; the run is Failed.
    """
    with mlflow.start_run(run_name=name, parent_run_id=parent_run_id, nested=True) as run:
        mlflow.log_params({**settings, "orchestrator": "prefect"})
        chosen = ColumnTransformer([("chosen", StandardScaler(), settings["columns"])])
        model = make_pipeline(chosen, LogisticRegression(C=settings["C"]))
        held_out = features.iloc[::4]
        known = features.drop(index=held_out.index)
        model.fit(known[COLUMNS], known["churned"])
        scores = model.predict_proba(held_out[COLUMNS])[:, 1]
        auc = float(roc_auc_score(held_out["churned"], scores))
        mlflow.log_metric(METRIC, auc)
        mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    return {"name": name, "run_id": run.info.run_id, METRIC: auc}


@task
def check_version(version: int, features: pd.DataFrame, at_most: float) -> None:
    """Load a version as inference would, and refuse it if it has too many called (given).

    Args:
        version: A version of MODEL in the open store.
        features: The customers to try it on.
        at_most: The share of them, 0 to 1, that may get more than 0.5.

    Raises:
        ValueError: More do.
    """
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    share = float((model.predict_proba(features[COLUMNS])[:, 1] > 0.5).mean())
    if share > at_most:
        raise ValueError(f"version {version} would call {share:.0%} of the customers")


def champion_of(store: str) -> tuple[int | None, float]:
    """Return the champion's version and its METRIC; None and minus infinity without one (given)."""
    open_store(store)
    client = MlflowClient()
    for model in client.search_registered_models(f"name = '{MODEL}'"):
        if CHAMPION in model.aliases:
            version = client.get_model_version(MODEL, model.aliases[CHAMPION])
            return int(version.version), client.get_run(version.run_id).data.metrics[METRIC]
    return None, -math.inf


def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    """Train all candidates at the same time and find the best: a flow, the trainings its tasks.

    In MLflow they are child runs of one parent run, all in the store's experiment. The parent has
    the parameter (or tag) `orchestrator`: "prefect", and runs as long as they do, however long that
    is. It is Finished when this returns, Failed when this raises or is stopped.

    Args:
        features: What `data_preparation` returns.
        store: The folder.
        candidates: Name: settings, as in `train_candidate`. None or empty: CANDIDATES.

    Returns:
        What `train_candidate` returned for the best one; those that failed are left out. If METRIC
        is NaN for all, any of them.

    Raises:
        Exception: All of them failed.
    """
    # TODO(kata): task 1, five trainings at once, one parent run, one winner.
    raise NotImplementedError


def register_version(store: str, run_id: str) -> int:
    """Make the model of a run a version of MODEL, which is deleted if the transaction fails.

    A task, called directly, perhaps in somebody else's transaction. When that fails (later,
    elsewhere, for whatever reason) this version is deleted, even if it is the champion by then, or
    if this task broke off once it had made it, and nothing else is. Without a transaction, or if it
    succeeds, the version stays. A store opened since stays open, with its experiment. As you like:
    whether an empty MODEL stays, and what MLflow noted with the run's model.

    Args:
        store: The folder.
        run_id: A run of `train_candidate`.

    Returns:
        The version's number.
    """
    # TODO(kata): task 2, a task; what undoes it hangs on it.
    raise NotImplementedError


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 0.5
) -> dict:
    """Register the winner if it is good enough, check it, and let it challenge the champion.

    A function or a flow, never called in a transaction.

    1. A METRIC below `min_auc`, or NaN, is not registered.
    2. The new version is checked in the registry, on all `features`, while the alias CHAMPION is
       still where it was.
    3. The alias moves last, when nothing is left to fail that would undo it. It moves only if there
       is no champion, or if the winner's METRIC is greater than that of the champion at that
       moment: another one may have come during the check. Each version's run has its METRIC.

    Args:
        winner: What `compare_candidates` returns.
        features: As in `check_version`.
        store: The folder.
        min_auc: The gate: the least METRIC that is registered.
        at_most: As in `check_version`.

    Returns:
        `version`: the new version's number, or None. `champion`: the champion's number afterwards,
        or None.

    Raises:
        Exception: The check refused (ValueError) or broke: its error. The version is gone, all else
            in the registry as before. Or the alias could not be moved; then the version may stay.
    """
    # TODO(kata): task 2, the gate, then a transaction.
    raise NotImplementedError


def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    """Prepare, compare, release: the nightly run, a flow.

    `data_preparation` is a child run. When a later step fails, this run is Failed, and the next one
    finds the features in the cache.

    Args:
        url: Address of the API.
        store: The folder.
        candidates: As in `compare_candidates`.
        min_auc: As in `release`.
        at_most: As in `release`.

    Returns:
        What `release` returns, and `winner`: the name of the best candidate.

    Raises:
        Exception: A step failed: its error.
    """
    # TODO(kata): task 3, join the steps; mind what the transaction holds.
    raise NotImplementedError


def inference_pipeline(url: str, store: str) -> dict:
    """Score tonight's customers with the champion: a flow, `data_preparation` a child run of it.

    The champion may change at any moment, also while this runs. This changes nothing in the store,
    but for the file that MLflow itself writes beside a model it loads.

    Args:
        url: Address of the API; nobody knows yet who will leave.
        store: The folder, opened by a training elsewhere, on another day. While the customers are
            prepared, somebody may open another one in this process.

    Returns:
        `version`: the number of the version that scored. `scores`: for each `customer_id` (int) the
        probability to leave (float), in the API's order.

    Raises:
        Exception: There is no champion, or its model cannot be loaded; no other version or alias
            stands in. Or the preparation failed: its error.
    """
    # TODO(kata): task 4, the champion and nothing else.
    raise NotImplementedError
