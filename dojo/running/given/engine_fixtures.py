"""The fixtures of a kata's tests for its engines: Prefect, MLflow, Dagster."""

from __future__ import annotations

import contextlib
import functools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.engines.dagster import engine as dagster
from dojo.engines.mlflow import engine as mlflow
from dojo.engines.mlflow import troubled
from dojo.running.given.fixtures import run_and_kata
from dojo.running.given.laws import Laws
from dojo.world.clock import RetryClock
from dojo.world.draw.recorded import drawn_night, recorded_nights_in
from dojo.world.draw.varied import OVER_A_CHANGE, RecordedNight, nights_over_a_change
from dojo.world.history import PrefectHistory, recorded_history


@pytest.fixture
def prefect_history() -> Iterator[PrefectHistory]:
    """Record what Prefect's engine says: `.task_runs`, `.flow_runs`; see `dojo.world.history`."""
    history = PrefectHistory()
    with recorded_history(history):
        yield history


@pytest.fixture
def prefect_requests() -> Iterator[list[str]]:
    """Note what Prefect's clients ask the server for: `POST /api/deployments/`."""
    from dojo.world.serving import requests_noted

    with requests_noted() as asked:
        yield asked


@pytest.fixture
def prefect_told() -> Iterator[list[str]]:
    """Note what Prefect's clients tell the server: blocks, variables, parameters, states; no logs.

    Each is one text: `POST /api/block_documents/ {"name": ...}`.
    """
    from dojo.world.serving import bodies_noted

    with bodies_noted() as told:
        yield told


@pytest.fixture
def recorded_nights(request: pytest.FixtureRequest) -> Callable[..., list[RecordedNight]]:
    """Draw nights that real runs left: `recorded_nights("lost")`; see `dojo.world.draw.recorded`.

    Without a name all families are drawn; the draw is the same at each run of a test.
    """
    _, kata = run_and_kata(request)
    (path,) = kata.data_files
    rng = random.Random(request.node.name)
    print(f"{path.name}: random.Random({request.node.name!r})")  # if it is red, in any language

    def drawn(*families: str) -> list[RecordedNight]:
        kept, made = recorded_nights_in(path), []
        if OVER_A_CHANGE in families:
            made = nights_over_a_change()
        if unknown := {*families} - {one["family"] for one in kept} - {OVER_A_CHANGE}:
            raise LookupError(f"{path.name} has no night of the family {min(unknown)!r}")
        asked = [one for one in kept if one["family"] in families or not families]
        return [*(drawn_night(one, rng) for one in asked), *made]

    return drawn


@pytest.fixture(scope="session")
def dask_nursery() -> Iterator[Any]:
    """Keep the process that Dask's clusters are forked from: made before a test has threads."""
    from dojo.world.cluster.nursery import Nursery

    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def dask_cluster(
    request: pytest.FixtureRequest, dask_nursery: Any, tmp_path: Path
) -> Iterator[Callable[..., Any]]:
    """Start Dask's scheduler and workers: `dask_cluster(workers=2)`; see `dojo.world.cluster`.

    They have the solution's file, and end with the test.
    """
    run, kata = run_and_kata(request)
    (folder := tmp_path / "cluster").mkdir()
    with contextlib.ExitStack() as stack:

        def start(**more: int) -> Any:
            made = dask_nursery.cluster(folder, run.solutions.file_of(kata), **more)
            return stack.enter_context(made)

        yield start


@pytest.fixture
def served() -> Iterator[Any]:
    """Serve deployments until the waiting begins: `served(call)`; see `dojo.world.serving`."""
    from dojo.world.serving import serving

    with serving() as serve:
        yield serve


@pytest.fixture
def mlflow_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give MLflow an empty store in one SQLite file; the value is its tracking URI."""
    run, _ = run_and_kata(request)
    uri = mlflow.new_store(tmp_path, run.say)
    mlflow.forget()
    with contextlib.chdir(tmp_path) if hasattr(contextlib, "chdir") else _chdir(tmp_path):
        yield uri
        mlflow.forget()


@pytest.fixture
def mlflow_busy() -> Any:
    """Give a context in which MLflow's database does not answer its nth question."""
    return troubled.busy_at


@pytest.fixture
def mlflow_refuses() -> Any:
    """Give a context in which an MLflow store refuses its nth change, or the nth of some kinds."""
    return troubled.refused_at


@pytest.fixture
def mlflow_heard() -> Any:
    """Give a context that is told what is asked of a store; see `troubled.heard`."""
    return troubled.heard


@pytest.fixture
def mlflow_silent() -> Any:
    """Give a context in which an MLflow store answers no question once it was changed."""
    return troubled.silent_once_changed


@pytest.fixture
def beside_callers_run() -> Any:
    """Make a call while its caller has an MLflow run open: `beside_callers_run(uri, call)`.

    Whether the call raises because of it is its own affair. `call` returns a sentence that says
    how it ended.
    """

    def make(uri: str, call: Callable[[], str]) -> None:
        with troubled.callers_run(uri) as look:
            said, found = call(), look()
        if found:
            pytest.fail(
                f"{said}\nIts caller had an MLflow run of its own open in this thread. Now it is:"
                f" {found}.\nExpected: still open, RUNNING, and nothing of yours in it. You may"
                " raise because of it; only who has opened a run ends it, or logs into it.\n"
                "In production: a flow keeps a run open around your call. In the middle of its work"
                " the run says Finished, also if the work fails later, and what is logged from then"
                " on goes into a run without a name.",
                pytrace=False,
            )

    return make


@pytest.fixture
def dagster_instance(clock: RetryClock, tmp_path: Path) -> Iterator[Any]:
    """Give Dagster an empty instance, in memory; the waits of its retries are in `clock`."""
    with dagster.new_instance(tmp_path / "dagster") as instance, dagster.free_retries(clock):
        yield instance


@pytest.fixture
def dagster_later(laws: Laws, dagster_instance: Any) -> Any:
    """Load what was made as another process does, later; see `dojo.engines.dagster`.

    `dagster_later("daily_customers", resources={...}, partition_key="2026-03-01")`.
    """
    return functools.partial(dagster.load_value, laws.load_elsewhere, dagster_instance)


@pytest.fixture
def dagster_crash() -> Any:
    """Give a context in which an asset check of a name crashes; see `dojo.engines.dagster`."""
    return dagster.crashing


@pytest.fixture
def dagster_during() -> Any:
    """Give a context that makes a call as a step begins; see `dojo.engines.dagster.during`."""
    return dagster.during


@pytest.fixture
def dagster_tried_before() -> Any:
    """Give a context in which another process has made a number of tries of each step."""
    return dagster.tried_before


@contextlib.contextmanager
def _chdir(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
