"""The churn pipeline as Prefect runs it: training and inference, whole and by themselves.

    python reference/pipelines/prefect_pipeline.py                        all of it, on this machine
    python reference/pipelines/prefect_pipeline.py train \
        --tracking-uri http://localhost:5000 --api-url http://localhost:4200/api

What the steps do is in `churn_job.py`; here is when, how often, at the same time as what, and what
happens when one fails, or when the process is killed. `prefect_command.py` has the options.
"""

import hashlib
import inspect
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import churn_data
import churn_job
import pandas as pd
import requests
from prefect import flow, get_run_logger, task
from prefect.cache_policies import INPUTS, TASK_SOURCE, CachePolicy
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
    TaskRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Crashed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import exponential_backoff
from prefect.transactions import Transaction, get_transaction, transaction
from pydantic import Field

PIPELINE, PROCESS = "churn", "process:"
Share = Annotated[float, Field(ge=0, le=1)]


# Data


def may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether the API may think better of it: not when it calls the request wrong."""
    error = state.result(raise_on_failure=False)
    answer = getattr(error, "response", None)
    if answer is None:
        return isinstance(error, requests.RequestException)
    return bool(answer.status_code >= 500 or answer.status_code == 429)


def source_of_the_features(*_: Any) -> str:
    """Return a digest of the code that makes the features; TASK_SOURCE sees the task only."""
    return hashlib.sha256(inspect.getsource(churn_data).encode()).hexdigest()


@task(
    retries=4,
    retry_delay_seconds=exponential_backoff(backoff_factor=1),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_pass,
)
def load_customers(url: str) -> list[dict[str, Any]]:
    """Load the customers, patiently."""
    return churn_data.load_customers(url)


validate = task(churn_data.validate)


@task(
    cache_policy=INPUTS + TASK_SOURCE + CachePolicy.from_cache_key_fn(source_of_the_features),
    cache_expiration=timedelta(hours=12),
)
def engineer_features(customers: list[dict[str, Any]]) -> pd.DataFrame:
    """Make the features, once for the same customers."""
    return churn_data.engineer_features(customers)


@flow
def data_preparation(url: str, labelled: bool) -> pd.DataFrame:
    """Load and prepare the customers: the same way for training and for inference."""
    return engineer_features(validate(load_customers(url), labelled))


# Training


@task(task_run_name="train {name}")
def train_candidate(store: str, parent: str, name: str, features: pd.DataFrame) -> dict[str, Any]:
    """Train one candidate in an MLflow run of its own."""
    return churn_job.train_candidate(store, parent, name, features)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=len(churn_job.CANDIDATES)))
def compare_candidates(features: pd.DataFrame, store: str) -> dict[str, Any]:
    """Train all candidates at the same time; one that fails is left out."""
    pipeline_run = str(flow_run.root_flow_run_id)
    parent = churn_job.start_comparison(store, "prefect", pipeline_run)
    winner = None
    try:
        futures = [
            train_candidate.submit(store, parent, name, features) for name in churn_job.CANDIDATES
        ]
        results = [future.result(raise_on_failure=False) for future in futures]
        winner = churn_job.choose_winner([one for one in results if isinstance(one, dict)])
    finally:
        churn_job.finish_comparison(store, parent, winner)
    return winner


@task
def register_version(store: str, run_id: str) -> int:
    """Register the model of a run; taken back when the transaction fails."""
    version = churn_job.register_version(store, run_id)
    get_transaction().set("registered", (store, version))
    return version


@register_version.on_rollback
def take_back(staged: Transaction) -> None:
    """Delete what was registered in vain."""
    churn_job.discard_version(*staged.get("registered"))


check_version = task(churn_job.check_version)
release_version = task(churn_job.release_version)


def release(
    winner: dict[str, Any], features: pd.DataFrame, store: str, min_auc: float, at_most: float
) -> dict[str, Any]:
    """Register, check, and let the winner challenge the champion: all of it or nothing.

    Returns:
        `version`: None if the winner was not good enough to be registered; and `champion`.
    """
    if not churn_job.passes_gate(winner, min_auc):
        return {"version": None, "champion": churn_job.champion_of(store)[0]}
    with transaction():
        version = register_version(store, winner["run_id"])
        check_version(store, version, features, at_most)
        champion = release_version(store, version)
    return {"version": version, "champion": champion}


@flow(name="churn-training")
def training_pipeline(
    url: str, store: str, min_auc: Share = 0.7, at_most: Share = 0.5
) -> dict[str, Any]:
    """Prepare, compare, release: the nightly run.

    Args:
        url: Address of the customers, `churned` among their columns.
        store: The MLflow tracking URI.
        min_auc: The gate: the least validation AUC that is registered at all.
        at_most: The share of the customers that a version may have us call.

    Returns:
        `winner` (a name), its `val_auc`, `version` (None if it was not good enough), `champion`.

    Raises:
        Exception: A step failed; the registry is as it was.
    """
    put_right(store)
    features = data_preparation(url, labelled=True)
    winner = compare_candidates(features, store)
    released = release(winner, features, store, min_auc, at_most)
    return {"winner": winner["name"], churn_job.METRIC: winner[churn_job.METRIC], **released}


# Inference

score = task(churn_job.score)
write_table = task(churn_data.write_table)


@flow(name="churn-inference")
def inference_pipeline(url: str, store: str, predictions: str) -> dict[str, Any]:
    """Score tonight's customers with the champion.

    Args:
        url: Address of the customers.
        store: The MLflow tracking URI.
        predictions: The CSV file to write, whole or not at all.

    Returns:
        `version` (the champion's), `customers` (how many), `predictions`.

    Raises:
        LookupError: There is no champion.
        Exception: A step failed; the file is as it was.
    """
    put_right(store)
    features = data_preparation(url, labelled=False)
    version, table = score(store, features)
    write_table(table, predictions)
    return {"version": version, "customers": len(table), "predictions": predictions}


# After an interruption


def tags_of_this_process() -> list[str]:
    """Return the tags by which a later run finds the runs of this one."""
    return [PIPELINE, str(process_mark(os.getpid()))]


def process_mark(pid: int) -> str | None:
    """Return what tells a process of this machine from all others; None if it is gone.

    A process id alone is used again, so the moment of its start goes with it.
    """
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self").exists():
            return None
        try:  # no /proc: its number has to do
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        state, fields = "", [""] * 20
    return None if state == "Z" else f"{PROCESS}{socket.gethostname()}:{pid}:{fields[18]}"


def is_gone(mark: str) -> bool:
    """Return whether a tag marks a process that has ended; of other machines nobody knows here."""
    if not mark.startswith(PROCESS):
        return False
    host, pid, _ = mark.removeprefix(PROCESS).rsplit(":", 2)
    return host == socket.gethostname() and process_mark(int(pid)) != mark


def crash_the_dead(client: SyncPrefectClient) -> list[str]:
    """Tell the server that runs of ours crashed which it believes to go on: their process is gone.

    Returns:
        The names of the runs.
    """
    # One that waits for its next attempt is Scheduled.
    going_on = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]
    gone = Crashed(message="its process is gone")
    flow_runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=going_on)),
            tags=FlowRunFilterTags(all_=[PIPELINE]),
        )
    )
    task_runs = client.read_task_runs(
        task_run_filter=TaskRunFilter(
            state=TaskRunFilterState(type=TaskRunFilterStateType(any_=going_on)),
            tags=TaskRunFilterTags(all_=[PIPELINE]),
        )
    )
    dead = [run for run in (*task_runs, *flow_runs) if any(is_gone(tag) for tag in run.tags)]
    for run in dead:
        if isinstance(run, FlowRun):
            client.set_flow_run_state(run.id, gone, force=True)
        else:
            client.set_task_run_state(run.id, gone, force=True)
    return [run.name for run in dead]


def is_over(client: SyncPrefectClient, run_id: str) -> bool:
    """Return whether a run of the pipeline has ended; one of another server's is left alone."""
    try:
        state = client.read_flow_run(UUID(run_id)).state
    except ObjectNotFound:
        return False
    return state is not None and state.is_final()


@task
def put_right(store: str) -> None:
    """Put right what killed runs have left, in Prefect and in MLflow."""
    log = get_run_logger()
    with get_client(sync_client=True) as client:
        crashed = crash_the_dead(client)
        unfinished = churn_job.unfinished(store, "prefect")
        interrupted = [run_id for run_id in unfinished if is_over(client, run_id)]
    swept = churn_job.sweep(store, "prefect", interrupted)
    for what, which in {"in Prefect": crashed, **swept}.items():
        if which:
            log.warning("an earlier run was interrupted; put right: %s %s", what, which)


if __name__ == "__main__":
    from prefect_command import main

    raise SystemExit(main(training_pipeline, inference_pipeline, tags_of_this_process()))
