"""The fixtures of a kata's tests."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.engines import dagster, mlflow, mlflow_troubled
from dojo.running.child import LINE, RESULTS
from dojo.running.given.impatience import impatience as waits_cut_short
from dojo.running.given.laws import KEY as LAWS_KEY
from dojo.running.given.laws import Laws, lawful
from dojo.running.given.sequences import Elsewhere, Played
from dojo.running.given.untamed import UntamedDraw, draw_of
from dojo.running.given.written import Written
from dojo.running.session import KataRun, kata_run_of
from dojo.running.solution import Subject
from dojo.world.clock import RetryClock, free_waits
from dojo.world.history import PrefectHistory, recorded_history


def _state(request: pytest.FixtureRequest) -> tuple[KataRun, Kata]:
    run = kata_run_of(request.config)
    kata = run.kata_of_item(request.node) if run else None
    if run is None or kata is None:
        pytest.fail(
            f"fixture {request.fixturename!r} belongs to the tests of a kata", pytrace=False
        )
    return run, kata


@pytest.fixture
def clock() -> Iterator[RetryClock]:
    """Make the waits of retries free; `.waits` has them, exact, in `.seconds` and `.by`."""
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def solution(request: pytest.FixtureRequest, clock: RetryClock) -> Iterator[Subject]:
    """Load the module under test, afresh for each test: `solution.load_customers(url)`."""
    run, kata = _state(request)
    line = request.config.stash.get(LINE, None)
    if line is not None:
        line.send({"importing": True})
    with lawful(request.node, kata, run.solutions.file_of(kata)) as subject:
        if line is not None:
            line.send({"importing": False})
        yield subject


@pytest.fixture
def laws(request: pytest.FixtureRequest, solution: Subject) -> Laws:
    """Say which law does not hold in this test, and why: `laws.may_change("rows", "it fills")`."""
    found: Laws = request.node.stash[LAWS_KEY]
    return found


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest) -> Elsewhere:
    """Call the solution in another process: `elsewhere("clean_up", workdir, run_id)`.

    There `hash` gives other numbers; time zone, locale, working directory, the names of the
    machine and of the user are others; each `assert` is left out. `elsewhere.tomorrow(...)` is
    called a day later.
    """
    run, kata = _state(request)
    assert run.room is not None
    return Elsewhere(run, run.solutions.file_of(kata), run.room.path / RESULTS)


@pytest.fixture
def played(laws: Laws) -> Played:
    """Play sequences of calls, each on a fresh load: `played.same_after(a, a, b)`."""
    return Played(laws.load)


@pytest.fixture(autouse=True)
def no_old_results(request: pytest.FixtureRequest) -> None:
    """Empty the folder of Prefect's persisted results: no test finds those of another."""
    run = kata_run_of(request.config)
    if run is not None and run.room is not None:
        shutil.rmtree(run.room.path / RESULTS, ignore_errors=True)


@pytest.fixture
def flaky_api(clock: RetryClock) -> Iterator[Any]:
    """Play the customer API as the test scripts it; see `dojo.world.http.flaky_api.FlakyApi`."""
    from dojo.world.http.flaky_api import FlakyApi

    api = FlakyApi(clock)
    with api.on_the_wire():
        yield api


@pytest.fixture
def webhooks(tmp_path: Path) -> Iterator[Any]:
    """Play the webhooks of Slack and Discord; see `dojo.world.http.webhook.Webhooks`."""
    from dojo.world.http.webhook import Webhooks
    from dojo.world.http.webhook_wire import on_the_wire

    webhooks = Webhooks()
    with on_the_wire(webhooks, tmp_path):
        yield webhooks


@pytest.fixture
def written() -> Written:
    """Keep what is logged, `with written.hearing():`, and find a part of a secret address in it."""
    return Written()


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
def served() -> Iterator[Any]:
    """Serve deployments until the waiting begins: `served(call)`; see `dojo.world.serving`."""
    from dojo.world.serving import serving

    with serving() as serve:
        yield serve


@pytest.fixture
def mlflow_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give MLflow an empty store in one SQLite file; the value is its tracking URI."""
    run, _ = _state(request)
    uri = mlflow.new_store(tmp_path, run.say)
    mlflow.forget()
    with contextlib.chdir(tmp_path) if hasattr(contextlib, "chdir") else _chdir(tmp_path):
        yield uri
        mlflow.forget()


@pytest.fixture
def mlflow_busy() -> Any:
    """Give a context in which MLflow's database does not answer its nth question."""
    return mlflow_troubled.busy_at


@pytest.fixture
def mlflow_refuses() -> Any:
    """Give a context in which an MLflow store refuses its nth change, or the nth of some kinds."""
    return mlflow_troubled.refused_at


@pytest.fixture
def mlflow_heard() -> Any:
    """Give a context that is told what is asked of a store; see `mlflow_troubled.heard`."""
    return mlflow_troubled.heard


@pytest.fixture
def mlflow_silent() -> Any:
    """Give a context in which an MLflow store answers no question once it was changed."""
    return mlflow_troubled.silent_once_changed


@pytest.fixture
def beside_callers_run() -> Any:
    """Make a call while its caller has an MLflow run open: `beside_callers_run(uri, call)`.

    Whether the call raises because of it is its own affair. `call` returns a sentence that says
    how it ended.
    """

    def make(uri: str, call: Callable[[], str]) -> None:
        with mlflow_troubled.callers_run(uri) as look:
            said, found = call(), look()
        if found:
            pytest.fail(
                f"{said}\nIts caller had an MLflow run of its own open in this thread. Now it is:"
                f" {found}.\nExpected: still open, and RUNNING. You may raise because of it; only"
                " who has opened a run ends it.\nIn production: a flow keeps a run open around"
                " your call. In the middle of its work the run says Finished, also if the work"
                " fails later, and what is logged from then on goes into a run without a name.",
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
    """Load what was made as another process does, later; see `dojo.engines.dagster.load_value`.

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


@functools.cache
def _known_customers() -> Any:
    import pandas

    from dojo.world.draw.churn import make_customers

    return pandas.DataFrame(make_customers(400))


@pytest.fixture
def customers() -> Any:
    """Make 400 seeded churn customers as a `pandas.DataFrame`."""
    return _known_customers().copy()


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> UntamedDraw:
    """Hand out untamed customers, answers, names, ...: `draw.customers(40)`; see `dojo.world.draw`.

    `draw.explain(check)` plays a check, and names the quality of the data that made it fail.
    """
    draw = draw_of(request.node)
    print(f"data: dojo.world.draw.Draw({draw.seed!r})")  # shown with a red test
    return draw


@pytest.fixture
def nights(tmp_path: Path) -> Any:
    """Make the files of a company that calls its customers; see `dojo.world.files.nights`.

    Its checks have the disk fail under a call: `nights.killed_while_writing(...)`.
    """
    from dojo.world.files.nights import Nights

    return Nights(tmp_path)


@pytest.fixture
def impatience() -> Any:
    """Give a context in which each limited wait of the solution is over at once."""
    return waits_cut_short


@pytest.fixture
def overlap() -> Iterator[Any]:
    """Watch the trainings of five models, hold or fail them; see `dojo.world.overlap.Overlap`."""
    from dojo.world.overlap import Overlap

    overlap = Overlap()
    with overlap.watching():
        yield overlap
