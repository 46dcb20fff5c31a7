"""The churn job in plain Python: what is done every night, whoever orchestrates it.

What asks the store is here, what only handles tables in `churn_data.py`. `prefect_pipeline.py`,
`dagster_pipeline.py` and `airflow_pipeline.py` run these steps. Here is no orchestrator: no retry,
no cache, no concurrency, no order. Each function takes and returns plain values, opens the store
by itself and may be called in a process of its own.

A store is an MLflow tracking URI: `http://...` of a server, or `sqlite:////folder/mlflow.db`, which
keeps the models beside the database. Whatever a run makes there carries its orchestrator and the
orchestrator's own id of the run, from the very first request on: that is how `unfinished`
finds later what an interrupted run has left.
"""

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from churn_data import COLUMNS, CONTRACTS, NUMBERS, digest, split

EXPERIMENT = MODEL = "churn"
CHAMPION, METRIC = "champion", "val_auc"
ORCHESTRATOR, PIPELINE_RUN, RELEASED = "orchestrator", "pipeline_run", "released"
CANDIDATES: dict[str, dict[str, Any]] = {
    "contract": {"columns": CONTRACTS, "C": 1.0},
    "calls": {"columns": ["support_calls"], "C": 1.0},
    "numbers": {"columns": NUMBERS, "C": 1.0},
    "everything": {"columns": COLUMNS, "C": 1.0},
    "everything, with care": {"columns": COLUMNS, "C": 0.01},
}


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

    The alias moves first: interrupted in between, it is the champion, and
    `discard_version` marks it.

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


def discard_version(store: str, version: int) -> bool:
    """Take back a version that was registered and not released.

    The champion is not taken back, its alias would go with it: only its mark is missing, and is
    made.

    Args:
        store: The tracking URI.
        version: What `register_version` returned.

    Returns:
        Whether it was deleted.
    """
    from mlflow import MlflowClient

    if champion_of(store)[0] == version:
        MlflowClient(store).set_model_version_tag(MODEL, str(version), RELEASED, "true")
        return False
    MlflowClient(store).delete_model_version(MODEL, str(version))
    return True


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


def unfinished(store: str, orchestrator: str) -> list[str]:
    """Name the pipeline runs that have something unfinished in the store: alive, or interrupted.

    Which of them is interrupted only the orchestrator can tell. Ask it after this, not before: what
    starts in between is not in the list.

    Args:
        store: The tracking URI. It is made when there is none.
        orchestrator: Whose.

    Returns:
        The orchestrator's ids of the runs, each once.
    """
    runs, versions = _leftovers(store, orchestrator)
    marks = [run.data.tags for run in runs] + [version.tags for version in versions]
    return sorted({tags[PIPELINE_RUN] for tags in marks})


def sweep(store: str, orchestrator: str, interrupted: Collection[str]) -> dict[str, list[str]]:
    """Put right what interrupted runs of the pipeline have left; the first step of the next one.

    A killed process cannot tidy up. The next one does: MLflow runs that are still Running end as
    Killed, and a version that was registered and never released is discarded.

    Args:
        store: The tracking URI.
        orchestrator: Whose.
        interrupted: Those of `unfinished` that do not go on.

    Returns:
        `runs`: the ids of the MLflow runs ended, and `versions`: the numbers deleted.
    """
    from mlflow import MlflowClient

    client = MlflowClient(store)
    runs, versions = _leftovers(store, orchestrator)
    swept: dict[str, list[str]] = {"runs": [], "versions": []}
    for version in versions:
        if version.tags[PIPELINE_RUN] in interrupted:
            number = str(version.version)
            swept["versions"] += [number] if discard_version(store, int(number)) else []
    for run in runs:
        if run.data.tags[PIPELINE_RUN] in interrupted:
            _fail_unfinished_models(client, run)
            client.set_terminated(run.info.run_id, "KILLED")
            swept["runs"].append(run.info.run_id)
    return swept


def _leftovers(store: str, orchestrator: str) -> tuple[list[Any], list[Any]]:
    from mlflow import MlflowClient

    client, experiment = MlflowClient(store), open_store(store)
    running = f"attributes.status = 'RUNNING' and tags.{ORCHESTRATOR} = '{orchestrator}'"
    versions = [
        version
        for version in client.search_model_versions(f"name = '{MODEL}'")
        if version.tags.get(ORCHESTRATOR) == orchestrator and RELEASED not in version.tags
    ]
    return list(client.search_runs([experiment], running)), versions


def _fail_unfinished_models(client: Any, run: Any) -> None:
    if not hasattr(client, "search_logged_models"):  # MLflow 2 keeps models in the run itself
        return
    from_it = f"source_run_id = '{run.info.run_id}'"
    for model in client.search_logged_models([run.info.experiment_id], from_it):
        if model.status == "PENDING":
            client.finalize_logged_model(model.model_id, "FAILED")
