"""The churn job in plain Python: what is done every night, whoever orchestrates it.

`prefect_pipeline.py`, `dagster_pipeline.py` and `airflow_pipeline.py` run these steps. Here is no
orchestrator: no retry, no cache, no concurrency, no order. Each function takes and returns plain
values, opens the store by itself and may be called in a process of its own.

A store is an MLflow tracking URI: `http://...` of a server, or `sqlite:////folder/mlflow.db`, which
keeps the models beside the database. Whatever a run makes there carries its orchestrator and the
orchestrator's own id of the run, from the very first request on: that is how `sweep` finds later
what an interrupted run has left.
"""

import hashlib
import math
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import requests

EXPERIMENT = MODEL = "churn"
CHAMPION, METRIC = "champion", "val_auc"
ORCHESTRATOR, PIPELINE_RUN, RELEASED = "orchestrator", "pipeline_run", "released"
CONTRACTS = ["month-to-month", "one year", "two years"]
RANGES = {"tenure_months": (0, 1200), "monthly_charges": (0, 10_000), "support_calls": (0, 1000)}
NUMBERS = list(RANGES)
COLUMNS = [*NUMBERS, *CONTRACTS, "paid_so_far"]
CANDIDATES: dict[str, dict[str, Any]] = {
    "contract": {"columns": CONTRACTS, "C": 1.0},
    "calls": {"columns": ["support_calls"], "C": 1.0},
    "numbers": {"columns": NUMBERS, "C": 1.0},
    "everything": {"columns": COLUMNS, "C": 1.0},
    "everything, with care": {"columns": COLUMNS, "C": 0.01},
}


# Data


def load_customers(url: str, timeout_s: float = 10) -> list[dict[str, Any]]:
    """Load the customers from the API.

    Args:
        url: Address of a JSON list, one object a customer.
        timeout_s: How long the API may be silent, in seconds.

    Returns:
        The list.

    Raises:
        requests.RequestException: Any status but a good one, silence, or no JSON.
    """
    response = requests.get(url, timeout=timeout_s)
    response.raise_for_status()
    customers: list[dict[str, Any]] = response.json()
    return customers


def validate(customers: Any, labelled: bool) -> list[dict[str, Any]]:
    """Let nothing into the job that it would only choke on later.

    Args:
        customers: What the API said.
        labelled: They are to be learnt from: `churned` must be 0 or 1.

    Returns:
        The same customers.

    Raises:
        ValueError: It names the first fault, and the customer.
    """
    if not isinstance(customers, list) or not customers:
        raise ValueError(f"expected a list of customers, got {str(customers)[:60]!r}")
    needed = ["customer_id", *NUMBERS, "contract", *(["churned"] if labelled else [])]
    seen = set()
    for place, customer in enumerate(customers):
        if not isinstance(customer, dict) or [name for name in needed if name not in customer]:
            raise ValueError(f"customer number {place} lacks one of {', '.join(needed)}")
        who = customer["customer_id"]
        if who in seen:
            raise ValueError(f"customer {who!r} is there twice")
        seen.add(who)
        for name, (low, high) in RANGES.items():
            value = customer[name]
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise ValueError(f"customer {who!r}: {name} is {value!r}, not in {low} to {high}")
        if customer["contract"] not in CONTRACTS:
            raise ValueError(f"customer {who!r}: unknown contract {customer['contract']!r}")
        if labelled and customer["churned"] not in (0, 1):
            raise ValueError(f"customer {who!r}: churned is {customer['churned']!r}, not 0 or 1")
    if labelled and len({customer["churned"] for customer in customers}) < 2:
        raise ValueError("all customers stayed or all left: there is nothing to learn")
    return customers


def engineer_features(customers: list[dict[str, Any]]) -> pd.DataFrame:
    """Make the features.

    Args:
        customers: Validated ones.

    Returns:
        One row a customer, `customer_id` as index: COLUMNS as floats, and `churned` where it is
        known.
    """
    frame = pd.DataFrame(customers).set_index("customer_id")
    features = frame[NUMBERS].astype(float)
    for contract in CONTRACTS:
        features[contract] = (frame["contract"] == contract).astype(float)
    features["paid_so_far"] = features["tenure_months"] * features["monthly_charges"]
    if "churned" in frame:
        features["churned"] = frame["churned"]
    return features


def split(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers to learn from and those held out, about a quarter.

    The id decides, so a customer is on the same side every night, whoever comes or goes.
    """
    sides = [hashlib.sha256(str(who).encode()).digest()[0] % 4 == 0 for who in features.index]
    held_out = pd.Series(sides, index=features.index)
    return features[~held_out], features[held_out]


def digest(features: pd.DataFrame) -> str:
    """Return what tells two tables of features apart: 12 characters."""
    text = features.to_csv(float_format="%.4f")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_table(frame: pd.DataFrame, path: str) -> str:
    """Write a table as CSV, its index included, whole or not at all.

    Args:
        frame: Any table.
        path: Where; its folder is made. What was there is replaced in one step.

    Returns:
        The path.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    frame.to_csv(part)
    os.replace(part, target)
    return path


def read_table(path: str) -> pd.DataFrame:
    """Read what `write_table` wrote: its first column is the index."""
    return pd.read_csv(path, index_col=0)


# Tracking


def open_store(store: str) -> str:
    """Point this process's MLflow to the store; make it, and its experiment, when there is none.

    Processes that meet a store which does not exist yet get into each other's way: one step that
    all others wait for opens it first.

    Args:
        store: The tracking URI.

    Returns:
        The id of the experiment.
    """
    import mlflow

    mlflow.set_tracking_uri(store)
    experiment = mlflow.get_experiment_by_name(EXPERIMENT)
    if experiment is not None:
        return str(experiment.experiment_id)
    artifacts = None  # a server knows where
    if store.startswith("sqlite:///"):
        artifacts = (Path(store[len("sqlite:///") :]).resolve().parent / "artifacts").as_uri()
    return str(mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts))


def start_comparison(store: str, orchestrator: str, pipeline_run: str) -> str:
    """Start the MLflow run that the candidates will be children of.

    Args:
        store: The tracking URI.
        orchestrator: `prefect`, `dagster` or `airflow`.
        pipeline_run: The orchestrator's own id of this run of the pipeline.

    Returns:
        The id of the run. It stays Running until `finish_comparison`.
    """
    from mlflow import MlflowClient

    marks = {ORCHESTRATOR: orchestrator, PIPELINE_RUN: pipeline_run}
    client, experiment = MlflowClient(store), open_store(store)
    run = client.create_run(experiment, tags=marks, run_name=f"comparison by {orchestrator}")
    client.log_param(run.info.run_id, ORCHESTRATOR, orchestrator)
    return str(run.info.run_id)


def train_candidate(
    store: str, parent_run_id: str, name: str, features: pd.DataFrame
) -> dict[str, Any]:
    """Train one of CANDIDATES in an MLflow run of its own, and log its model as `model`.

    Args:
        store: The tracking URI.
        parent_run_id: What `start_comparison` returned.
        name: A key of CANDIDATES, and the run's name.
        features: All of them, with `churned`; `split` tells what is held out.

    Returns:
        `name`, `run_id`, and METRIC: the AUC on the held-out customers, 0 to 1, more is better.

    Raises:
        Exception: It failed, and so did the child run.
    """
    import mlflow
    import mlflow.sklearn
    import sklearn
    from mlflow import MlflowClient
    from mlflow.models import infer_signature
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss, roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    settings = CANDIDATES[name]
    client, experiment = MlflowClient(store), open_store(store)
    parent = client.get_run(parent_run_id).data.tags
    marks = {tag: parent[tag] for tag in (ORCHESTRATOR, PIPELINE_RUN)}
    tags = {**marks, "mlflow.parentRunId": parent_run_id}
    run_id = str(client.create_run(experiment, tags=tags, run_name=name).info.run_id)
    with mlflow.start_run(run_id=run_id, nested=True):
        known, held_out = split(features)
        mlflow.log_params({**settings, ORCHESTRATOR: marks[ORCHESTRATOR], "data": digest(features)})
        chosen = ColumnTransformer([("chosen", StandardScaler(), settings["columns"])])
        model = make_pipeline(chosen, LogisticRegression(C=settings["C"], max_iter=1000))
        model.fit(known[COLUMNS], known["churned"])
        scores = model.predict_proba(held_out[COLUMNS])[:, 1]
        auc = float(roc_auc_score(held_out["churned"], scores))
        mlflow.log_metrics(
            {METRIC: auc, "val_log_loss": float(log_loss(held_out["churned"], scores))}
        )
        called = {
            "name" if int(mlflow.__version__.split(".")[0]) >= 3 else "artifact_path": "model"
        }
        mlflow.sklearn.log_model(
            model,
            **called,
            signature=infer_signature(held_out[COLUMNS], model.predict(held_out[COLUMNS])),
            # Left out, MLflow would find them out by itself, for ten seconds.
            pip_requirements=[f"scikit-learn=={sklearn.__version__}"],
        )
    return {"name": name, "run_id": run_id, METRIC: auc}


def choose_winner(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the best of what `train_candidate` returned, in whatever order it comes.

    Args:
        results: Of the candidates that did not fail.

    Returns:
        The one with the greatest METRIC; of equal ones the first by name.

    Raises:
        ValueError: There is none, or none has a number.
    """
    trained = [one for one in results if not math.isnan(one[METRIC])]
    if not trained:
        raise ValueError("no candidate could be trained")
    return min(trained, key=lambda one: (-one[METRIC], one["name"]))


def finish_comparison(store: str, run_id: str, winner: dict[str, Any] | None) -> None:
    """End the parent run: Finished, with the winner and its METRIC; Failed without one.

    Args:
        store: The tracking URI.
        run_id: What `start_comparison` returned.
        winner: What `choose_winner` returned, None if there was none.
    """
    from mlflow import MlflowClient

    client = MlflowClient(store)
    if winner is not None:
        client.log_param(run_id, "winner", winner["name"])
        client.log_metric(run_id, METRIC, winner[METRIC])
    client.set_terminated(run_id, "FAILED" if winner is None else "FINISHED")


# Registry


def champion_of(store: str) -> tuple[int | None, float]:
    """Return the champion's version and its METRIC; None and minus infinity without one."""
    from mlflow import MlflowClient

    client = MlflowClient(store)
    for model in client.search_registered_models(f"name = '{MODEL}'"):
        if CHAMPION in model.aliases:
            version = client.get_model_version(MODEL, str(model.aliases[CHAMPION]))
            return int(version.version), client.get_run(version.run_id).data.metrics[METRIC]
    return None, -math.inf


def passes_gate(winner: dict[str, Any], min_auc: float) -> bool:
    """Return whether the winner is good enough to be registered at all."""
    return bool(winner[METRIC] >= min_auc)


def register_version(store: str, run_id: str) -> int:
    """Make the model of a run a version of MODEL, not released yet.

    Args:
        store: The tracking URI.
        run_id: A run of `train_candidate`.

    Returns:
        The version's number.
    """
    import mlflow
    from mlflow import MlflowClient

    open_store(store)
    tags = MlflowClient(store).get_run(run_id).data.tags
    marks = {tag: tags[tag] for tag in (ORCHESTRATOR, PIPELINE_RUN)}
    return int(mlflow.register_model(f"runs:/{run_id}/model", MODEL, tags=marks).version)


def check_version(store: str, version: int, features: pd.DataFrame, at_most: float) -> None:
    """Load a version as inference would, and see whom it would have us call.

    Args:
        store: The tracking URI.
        version: What `register_version` returned.
        features: The customers to try it on.
        at_most: The share of them, 0 to 1, that may get more than 0.5.

    Raises:
        ValueError: They are more.
    """
    scores = _probabilities(store, version, features)
    share = sum(score > 0.5 for score in scores) / len(scores)
    if share > at_most:
        raise ValueError(
            f"version {version} would have {share:.0%} of the customers called,"
            f" more than {at_most:.0%}"
        )


def release_version(store: str, version: int) -> int:
    """Let a checked version challenge the champion, then mark it released.

    The alias moves first: interrupted in between, a champion is marked by the next `sweep`.

    Args:
        store: The tracking URI.
        version: A version that `check_version` let pass.

    Returns:
        The champion afterwards: this version if its METRIC is greater, or if there was none.
    """
    from mlflow import MlflowClient

    client = MlflowClient(store)
    champion, to_beat = champion_of(store)
    run_id = client.get_model_version(MODEL, str(version)).run_id
    if champion is None or client.get_run(run_id).data.metrics[METRIC] > to_beat:
        client.set_registered_model_alias(MODEL, CHAMPION, str(version))
        champion = version
    client.set_model_version_tag(MODEL, str(version), RELEASED, "true")
    return champion


def discard_version(store: str, version: int) -> None:
    """Delete a version that was not released; an alias that points to it goes with it."""
    from mlflow import MlflowClient

    MlflowClient(store).delete_model_version(MODEL, str(version))


# Inference


def score(store: str, features: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Score the customers with the champion; no other version stands in for it.

    Args:
        store: The tracking URI.
        features: COLUMNS; `churned` is not looked at.

    Returns:
        The champion's version, and a table: `churn_probability` (0 to 1) and `model_version`, one
        row a customer, in their order.

    Raises:
        LookupError: There is no champion.
    """
    version, _ = champion_of(store)
    if version is None:
        raise LookupError(f"model {MODEL!r} has no {CHAMPION!r} yet: train first")
    scores = _probabilities(store, version, features)
    table = pd.DataFrame({"churn_probability": scores, "model_version": version}, features.index)
    return version, table


def _probabilities(store: str, version: int, features: pd.DataFrame) -> list[float]:
    import mlflow.sklearn

    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores: list[float] = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return scores


# After an interruption


def sweep(store: str, orchestrator: str, alive: Collection[str] = ()) -> dict[str, list[str]]:
    """Put right what interrupted runs of this orchestrator have left; the first step of a run.

    A killed process cannot tidy up. The next one does: runs that are still Running end as Killed;
    a version that was registered and never released is deleted, unless it is the champion already:
    then only its mark was missing.

    Args:
        store: The tracking URI. It is made when there is none.
        orchestrator: Whose.
        alive: The orchestrator's ids of the pipeline runs that go on at this moment.

    Returns:
        `runs`: the ids of the runs ended, and `versions`: the versions deleted.
    """
    from mlflow import MlflowClient

    client, experiment = MlflowClient(store), open_store(store)
    champion, _ = champion_of(store)
    swept: dict[str, list[str]] = {"runs": [], "versions": []}
    for version in client.search_model_versions(f"name = '{MODEL}'"):
        tags = version.tags
        if tags.get(ORCHESTRATOR) != orchestrator or RELEASED in tags:
            continue
        if tags[PIPELINE_RUN] in alive:
            continue
        if int(version.version) == champion:
            client.set_model_version_tag(MODEL, str(version.version), RELEASED, "true")
        else:
            discard_version(store, int(version.version))
            swept["versions"].append(str(version.version))
    left = f"attributes.status = 'RUNNING' and tags.{ORCHESTRATOR} = '{orchestrator}'"
    for run in client.search_runs([experiment], left):
        if run.data.tags[PIPELINE_RUN] not in alive:
            _fail_unfinished_models(client, experiment, run.info.run_id)
            client.set_terminated(run.info.run_id, "KILLED")
            swept["runs"].append(run.info.run_id)
    return swept


def _fail_unfinished_models(client: Any, experiment: str, run_id: str) -> None:
    if not hasattr(client, "search_logged_models"):  # MLflow 2 keeps models in the run itself
        return
    for model in client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
        if model.status == "PENDING":
            client.finalize_logged_model(model.model_id, "FAILED")
