"""What engine, tracker and registry hold after your functions ran, and what the API was asked."""

import contextlib
import functools
import math
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from prefect.transactions import transaction
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

MODEL = "churn"
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
CONTRACTS = ["month-to-month", "one year", "two years"]
COLUMNS = NUMBERS + CONTRACTS
CALLS = {"columns": ["support_calls"], "C": 1.0}
EVERYTHING = {"columns": COLUMNS, "C": 1.0}
CONTRACT = {"columns": CONTRACTS, "C": 1.0}
REFUSED = {"columns": COLUMNS, "C": -1.0}
PAIR = {"calls": CALLS, "refused": REFUSED}
FAILING = {"refused": REFUSED, "torn": {"columns": COLUMNS}}  # one has no C
LOW, HIGH, NAN = 0.5, 0.99, math.nan
COUNT = 160
VERSIONS = "SELECT name, version FROM model_versions"
ALIASES = "SELECT name, alias, version FROM registered_model_aliases"
ELSEWHERE = "churn-eu"  # a model of somebody else, in each store
# Of each of these models, when it was logged: its run, and where it lies.
LOGGED: dict[str, tuple[str, str]] = {}
# What may be noted on a version once it is made.
NOTES = ("set_model_version_tag", "update_model_version", "set_registered_model_tag")
# What an earlier night has left: a run with a model for each, and the columns it looks at.
MODELS = {"strict": ["support_calls"], "generous": ["monthly_charges"]}
# What `at_most` says where nobody has given it.
TOO_MANY = "refuses this version: more than half would be called, and `at_most` was not given (0.5)"
# What those models take a blank for.
UNKNOWN = 70.0
# How long the features take for all customers, says the stub.
PREPARATION_S = 30 * 60


class Stopped(KeyboardInterrupt):
    """Somebody stops the process."""


class Call(NamedTuple):
    """One call of a solution's function: how it ended, and the flow runs it made."""

    said: str
    value: Any
    error: BaseException | None
    read_flow_runs: Callable[[], list[Any]]

    @property
    def flow_runs(self) -> list[Any]:
        """Read them from the server, which takes a while: only some tests look."""
        return self.read_flow_runs()

    @property
    def seen(self) -> str:
        """Say which flow runs there were."""
        return ", ".join(lineage(one) for one in self.flow_runs) or "none"

    def get(self, key: str) -> Any:
        """Look into the dict that should have been returned."""
        return self.value.get(key) if isinstance(self.value, dict) else None


Ask = Callable[..., Call]


@pytest.fixture
def call(solution: Any, prefect_history: Any) -> Ask:
    """Call a function of the solution and collect what was seen."""

    def ask(name: str, *given: Any, **more: Any) -> Call:
        first = prefect_history.flow_run_count
        value, error = None, None
        try:
            value = getattr(solution, name)(*given, **more)
            ending = f"returned {shorten(repr(value))}"
        except (NotImplementedError, NameError):
            raise
        except (Exception, Stopped) as caught:  # whatever is raised is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        last = prefect_history.flow_run_count
        shown = ", ".join(f"{key}={value_of(one)}" for key, one in more.items())
        return Call(
            f"{name}({shown or '...'}) {ending}.",
            value,
            error,
            lambda: prefect_history.flow_runs[first:last],
        )

    return ask


class Store:
    """The store of one test: what is to be seen in it, and what an earlier night has left."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.uri = f"sqlite:///{folder}/mlflow.db"
        self.client = MlflowClient(self.uri, registry_uri=self.uri)

    def prepare(self) -> None:
        """Log a run with a model for each of MODELS: logging one takes a while, so only once."""
        place = (Path(self.folder) / "earlier").as_uri()
        experiment = self.client.create_experiment("earlier", place)
        mlflow.set_tracking_uri(self.uri)
        for name, columns in MODELS.items():
            with mlflow.start_run(experiment_id=experiment, run_name=name) as run:
                model = make_model(columns)
                info = mlflow.sklearn.log_model(
                    model, name="model", pip_requirements=[], skops_trusted_types=["numpy.dtype"]
                )
                LOGGED[name] = run.info.run_id, info.artifact_path
        mlflow.set_tracking_uri(None)
        self.champion("generous", None, ELSEWHERE)

    def train(self, name: str, auc: float | None) -> dict[str, Any]:
        """Let an earlier run have this METRIC, or none; return what `train_candidate` would."""
        run_id, _ = LOGGED[name]
        if auc is not None:
            self.client.log_batch(run_id, [Metric("val_auc", auc, 0, 0)])
        return {"name": name, "run_id": run_id, "val_auc": auc}

    def version(self, name: str, auc: float | None, model: str = MODEL, run: str = "") -> int:
        """Make a version of an earlier model; of its run, or of another one."""
        run_id, source = LOGGED[run or name][0], LOGGED[name][1]
        self.train(run or name, auc)
        if not self.read("SELECT name FROM registered_models WHERE name = ?", model):
            self.client.create_registered_model(model)
        return int(self.client.create_model_version(model, source, run_id).version)

    def champion(self, name: str, auc: float | None, model: str = MODEL, run: str = "") -> int:
        """Make a version of an earlier model, the champion."""
        version = self.version(name, auc, model, run)
        self.client.set_registered_model_alias(model, "champion", str(version))
        return version

    def read(self, query: str, *given: str) -> list[tuple]:
        """Read the database: MLflow's own client takes twenty times as long."""
        with contextlib.closing(sqlite3.connect(Path(self.folder) / "mlflow.db")) as database:
            return database.execute(query, given).fetchall()

    @property
    def registry(self) -> tuple[list[int], int | None]:
        """Read the versions' numbers, and which of them is the champion."""
        there = f"{VERSIONS} WHERE name = ? AND current_stage != 'Deleted_Internal' ORDER BY 2"
        champions = self.read(f"{ALIASES} WHERE name = ? AND alias = 'champion'", MODEL)
        champion = int(champions[0][-1]) if champions else None
        return [version for _, version in self.read(there, MODEL)], champion

    @property
    def others(self) -> str:
        """Say what else is in the registry, which nobody has asked to change."""
        versions = self.read(
            f"{VERSIONS} WHERE name != ? AND current_stage != 'Deleted_Internal'", MODEL
        )
        aliases = self.read(f"{ALIASES} WHERE name != ? OR alias != 'champion'", MODEL)
        tags = self.read("SELECT * FROM registered_model_tags")
        return f"versions {versions}, aliases {aliases}, tags {tags}"

    @property
    def runs(self) -> list[Any]:
        """Read all runs, first the first."""
        everywhere = [one.experiment_id for one in self.client.search_experiments()]
        return self.client.search_runs(everywhere, order_by=["attributes.start_time ASC"])

    def photograph(self) -> dict[str, set[str]]:
        """Read all that is in the store: each table's rows, and the files.

        Without the one that MLflow writes beside each model that it has loaded from the registry.
        """
        root = Path(self.folder)
        names = self.read("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {name: set(map(str, self.read(f'SELECT * FROM "{name}"'))) for (name,) in names}
        left = (one for one in root.rglob("*") if one.name != "registered_model_meta")
        files = {str(one.relative_to(root)) for one in left}
        return {**found, "files": {one for one in files if not one.startswith("mlflow.db")}}

    def unchanged_since(self, before: dict[str, set[str]], said: str, production: str) -> None:
        """Check that nothing in the store is other than it was."""
        after = self.photograph()
        changes = [
            f"{what}: {'gone' if gone else 'new'}: {shorten(row)}"
            for what in sorted({*before, *after})
            for gone in (True, False)
            for row in sorted(
                before.get(what, set()) - after.get(what, set())
                if gone
                else after.get(what, set()) - before.get(what, set())
            )
        ]
        assert not changes, told(
            f"{said} In this store {len(changes)} things are not as they were, such as"
            f" {'; '.join(changes[:2])}.",
            "Expected: all as it was.",
            f"In production: {production}",
        )

    @property
    def new_runs(self) -> list[Any]:
        """Read the runs that no earlier night has left."""
        return [one for one in self.runs if one.info.run_name not in MODELS]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Choose one folder for the stores of all tests: MLflow is slow with each new address."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def store(mlflow_store: str, place: Path) -> Store:
    """Put the store back to what the earlier night has left."""
    before = place / "before.db"
    if not before.exists():
        copy_database(Path(mlflow_store.removeprefix("sqlite:///")), place / "mlflow.db")
        Store(place).prepare()
        copy_database(place / "mlflow.db", before)
    copy_database(before, place / "mlflow.db")
    return Store(place)


@pytest.fixture
def other_store(store: Store, place: Path) -> Store:
    """Put a second store back, in which the same runs and models are."""
    other = place.parent / "other store"
    other.mkdir(exist_ok=True)
    copy_database(place / "before.db", other / "mlflow.db")
    return Store(other)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also over one that is open."""
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def people(draw: Any, count: int = COUNT, **more: Any) -> list[dict]:
    """Draw the customers of the API.

    Without blanks and notes: the preparation is given, and makes a float of all that it gets.
    """
    return draw.customers(count, tame=["blanks", "an extra column"], **more)


def prepared(customers: list[dict]) -> pd.DataFrame:
    """Make the features of customers, as `data_preparation` does."""
    frame = pd.DataFrame(customers).set_index("customer_id")
    for name in CONTRACTS:
        frame[name] = frame["contract"] == name
    return frame.drop(columns="contract").astype(float)


@pytest.fixture
def features(draw: Any) -> pd.DataFrame:
    """Make the features of untamed customers."""
    return prepared(people(draw))


@pytest.fixture
def api(flaky_api: Any, draw: Any) -> Any:
    """Have the API know untamed customers."""
    flaky_api.customers = people(draw)
    flaky_api.will(200)
    return flaky_api


@pytest.fixture
def unlogged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have no model be logged, which takes longest; note how the parent run is meanwhile."""
    seen: list[str] = []

    def note(*_: Any, **__: Any) -> None:
        parent = mlflow.active_run().data.tags.get("mlflow.parentRunId")
        if not seen:
            seen.append(MlflowClient().get_run(parent).info.status if parent else "none")

    monkeypatch.setattr(mlflow.sklearn, "log_model", note)
    return seen


class Checks:
    """What is to be seen in the registry while a model is loaded, and what happens meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.seen: list[tuple[str, tuple[list[int], int | None]]] = []
        self.rows: list[int] = []
        self.error: BaseException | None = None
        self.before: Callable[[], Any] = lambda: None
        self.after: Callable[[], Any] = lambda: None

    def load(self, real: Callable[..., Any], model_uri: str, *given: Any, **more: Any) -> Any:
        """Load a model, and look at whom it is asked for."""
        self.seen.append((model_uri, self._store.registry))
        self.before()
        if self.error:
            raise self.error
        model = real(model_uri, *given, **more)
        predict = model.predict_proba
        model.predict_proba = lambda rows: self.rows.append(len(rows)) or predict(rows)
        self.after()
        return model


@pytest.fixture
def checks(store: Store, monkeypatch: pytest.MonkeyPatch) -> Checks:
    """Watch what is loaded."""
    checks = Checks(store)
    load = functools.partial(checks.load, mlflow.sklearn.load_model)
    monkeypatch.setattr(mlflow.sklearn, "load_model", load)
    return checks


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def value_of(given: Any) -> str:
    """Write a parameter; of candidates the names only."""
    return str(list(given)) if isinstance(given, dict) else repr(given)


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def lineage(flow_run: Any) -> str:
    """Say whose child a flow run is, and how it ended."""
    parent = f"child of {flow_run.parent.flow_name}" if flow_run.parent else "no parent"
    return f"{flow_run.flow_name} ({parent}, {flow_run.states[-1]})"


def listed(registry: tuple[list[int], int | None]) -> str:
    """Say what is in the registry."""
    versions, champion = registry
    return f"versions {versions}, champion {champion}"


def family(runs: list[Any]) -> str:
    """Say which MLflow runs there are, and whose children."""
    names = {one.info.run_id: one.info.run_name for one in runs}
    said = []
    for one in runs:
        parent = one.data.tags.get("mlflow.parentRunId")
        kin = f"child of {names.get(parent, 'a run that is not there')!r}" if parent else "alone"
        said.append(f"{one.info.run_name!r} ({kin}, {one.info.status})")
    return ", ".join(said) or "none"


def make_model(columns: list[str]) -> Pipeline:
    """Make a tiny model for features; it looks at these columns only, and knows blanks."""
    rows = pd.DataFrame([[0.0] * len(COLUMNS), [1.0] * len(COLUMNS)], columns=COLUMNS)
    model = LogisticRegression().fit(rows, [0, 1])
    model.coef_ = np.array([[0.02 if name in columns else 0.0 for name in COLUMNS]])
    model.intercept_ = np.array([-2.0])
    known = SimpleImputer(strategy="constant", fill_value=UNKNOWN).set_output(transform="pandas")
    return make_pipeline(known.fit(rows), model)


def prepared_by_the_shared_flow(run: Call, pipeline: str, shared: str) -> None:
    """Check that the preparation was the one that both pipelines share, as a child run."""
    parents = [one for one in run.flow_runs if one.parent is None]
    children = [one for one in run.flow_runs if one.parent and one.parent.id == parents[0].id]
    assert len(parents) == 1 and shared in {one.flow_name for one in children}, told(
        f"{run.said} Flow runs: {run.seen}.",
        f"Expected: one run of {pipeline}, and {shared} as a child of it.",
        "In production: prepared elsewhere, or by a copy, training and inference drift apart; or"
        " the run page does not show that it was the preparation which failed.",
    )


# Task 1: five candidates at once, one family of runs


def test_five_candidates_train_at_once(
    call: Ask,
    solution: Any,
    store: Store,
    features: pd.DataFrame,
    overlap: Any,
    prefect_history: Any,
    unlogged: list[str],
    draw: Any,
    impatience: Any,
) -> None:
    # One more than five; its name is no template, no path, and no part of a question to a database.
    solution.CANDIDATES[draw.names()["quotes"] + " {new} {0.5} 100%s /../ b"] = CALLS
    count = len(solution.CANDIDATES)
    overlap.hold_until(count)
    with impatience() as limits:
        run = call("compare_candidates", features, store.folder, candidates={})
    assert not limits, told(
        f"{run.said} Its waits have limits: {limits} s. Each is over here at once.",
        "Expected: none. The parent run lasts as long as the trainings, however long that is.",
        "In production: a slow candidate counts as failed, and trains on in its thread, under a"
        " parent run that is over. With next year's customers all are slow, and there is no model.",
    )
    assert overlap.peak == count, told(
        f"{run.said} {len(overlap.trainings)} trainings, at most {overlap.peak} at the same time.",
        f"Each was held until {count} had come, or no more came. Expected: {count}, all of"
        " CANDIDATES; the test has added one.",
        "In production: five trainings of twenty minutes are ready at 4:40 instead of 3:20. A task"
        " that is called, or whose result is asked for at once, is waited for.",
    )
    trained_are(run, store.new_runs, solution.CANDIDATES)
    trained = [one for one in prefect_history.task_runs if one.function == "train_candidate"]
    owners = {one.flow_run_id for one in trained}
    assert len(trained) == count and len(owners) == 1 and None not in owners, told(
        f"{run.said} Task runs of train_candidate: {len(trained)}, in {len(owners)} flow runs"
        f"{' or none' if None in owners else ''}.",
        f"Expected: {count} in one flow run.",
        "In production: the run page shows a comparison without its trainings.",
    )


def trained_are(run: Call, runs: list[Any], asked: dict[str, dict]) -> None:
    """Check who was trained, with which settings."""
    children = [one for one in runs if one.data.tags.get("mlflow.parentRunId")]
    seen = {one.info.run_name: one.data.params.get("C") for one in children}
    expected = {name: str(settings["C"]) for name, settings in asked.items()}
    assert seen == expected, told(
        f"{run.said} In its store each new child run, and its C: {shorten(str(seen))}.",
        f"Expected: {shorten(str(expected))}.",
        "In production: the night compares other candidates than it was asked for (a name with"
        " braces or quotes in it breaks what is made of it), or writes into the store of another"
        " region.",
    )


def test_candidates_are_children_of_one_run(
    call: Ask, store: Store, features: pd.DataFrame, unlogged: list[str]
) -> None:
    run = call("compare_candidates", features, store.folder, candidates=PAIR)
    runs = store.new_runs
    parents = [one for one in runs if one.info.run_name not in PAIR]
    children = {
        one.info.run_name: one.info.status
        for one in runs
        if parents and one.data.tags.get("mlflow.parentRunId") == parents[0].info.run_id
    }
    expected = {"calls": "FINISHED", "refused": "FAILED"}
    assert len(parents) == 1 and children == expected, told(
        f"{run.said} MLflow runs: {family(runs)}.",
        "Expected: one parent, and as its children 'calls', Finished, and 'refused', Failed.",
        "In production: a hundred nights later the store holds 600 runs, and nobody can say which"
        " were compared with which.",
    )
    known = {**parents[0].data.tags, **parents[0].data.params}
    seen = parents[0].info.status, known.get("orchestrator")
    assert seen == ("FINISHED", "prefect"), told(
        f"{run.said} The parent run's status: {seen[0]}, orchestrator: {seen[1]!r}.",
        "Expected: FINISHED (a candidate is there to choose), and 'prefect'.",
        "In production: nobody can tell a night that died from one that is still running, nor a"
        " nightly run from somebody's notebook.",
    )
    assert unlogged == ["RUNNING"], told(
        f"{run.said} While 'calls' was trained, the parent run was {unlogged}. Expected: RUNNING.",
        "In production: at 3:30 the page says that the comparison is over, and it is not.",
    )
    places = {store.client.get_experiment(one.info.experiment_id).name for one in runs}
    assert places == {MODEL}, told(
        f"{run.said} The runs are in the experiments {sorted(places)}. Expected: {MODEL!r}.",
        "In production: half of the night is on a page that nobody opens.",
    )


def test_best_one_wins_though_another_failed(
    call: Ask,
    store: Store,
    features: pd.DataFrame,
    unlogged: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = {"calls": CALLS, "everything": EVERYTHING, "contract": CONTRACT}
    asked = {"no room": EVERYTHING, **good, **FAILING}

    def log_model(*_: Any, **__: Any) -> None:
        if mlflow.active_run().info.run_name == "no room":
            mlflow.log_metric("val_auc", 1.0)
            raise OSError("no space left on the disk")

    monkeypatch.setattr(mlflow.sklearn, "log_model", log_model)
    run = call("compare_candidates", features, store.folder, candidates=asked)
    runs = {one.info.run_name: one for one in store.new_runs}
    metrics = {name: runs[name].data.metrics.get("val_auc") for name in good if name in runs}
    best = max(metrics, key=lambda name: metrics[name] or 0, default=None)
    if best and metrics.get(run.get("name")) == metrics[best]:
        best = run.get("name")  # of two that are as good, either
    expected = best and {"name": best, "run_id": runs[best].info.run_id, "val_auc": metrics[best]}
    assert best and expected == {key: run.get(key) for key in expected}, told(
        f"{run.said}",
        f"val_auc of the runs: {metrics}. Three others failed, one of them once it had its val_auc,"
        f" 1.0: its model could not be written. Expected: name, run_id and val_auc of {best!r}.",
        "In production: one wrong setting and there is no model tonight, or a poor one goes on to"
        " the registry.",
    )


def test_no_candidate_left_is_an_error(
    call: Ask,
    store: Store,
    features: pd.DataFrame,
    unlogged: list[str],
    monkeypatch: pytest.MonkeyPatch,
    beside_callers_run: Any,
) -> None:
    run = call("compare_candidates", features, store.folder, candidates=FAILING)
    parents = [one.info.status for one in store.new_runs if one.info.run_name not in FAILING]
    ended = run.flow_runs[0].states[-1] if run.flow_runs else "none"
    assert run.error is not None and parents == ["FAILED"] and ended == "Failed", told(
        f"{run.said} MLflow runs: {family(store.new_runs)}. Flow runs: {run.seen}.",
        "All candidates' settings are refused. Expected: an error, and the comparison Failed in"
        " both.",
        "In production: no model, and all is green.",
    )
    ask = functools.partial(call, "compare_candidates", features, store.folder)
    beside_callers_run(store.uri, lambda: ask(candidates={"calls": CALLS}).said)

    def stop(*_: Any, **__: Any) -> None:
        if mlflow.active_run().info.run_name == "calls":
            raise Stopped("the worker is stopped")

    before = {one.info.run_id for one in store.new_runs}
    monkeypatch.setattr(mlflow.sklearn, "log_model", stop)
    asked = {"contract": CONTRACT, "calls": CALLS}
    run = call("compare_candidates", features, store.folder, candidates=asked)
    runs = [one for one in store.new_runs if one.info.run_id not in before]
    statuses = [one.info.status for one in runs if one.info.run_name not in asked]
    assert run.error is not None and statuses == ["FAILED"], told(
        f"{run.said} MLflow runs: {family(runs)}.",
        "While the second of two candidates was trained, a KeyboardInterrupt came up. Expected: an"
        " error, and the parent run Failed.",
        "In production: a comparison that was stopped, with its worker, counts as running for ever."
        " `except Exception` does not see what stops a process; `with` and `finally` do.",
    )


# Task 2: register, check, promote, or leave no trace


def test_version_goes_with_its_transaction(
    call: Ask, solution: Any, store: Store, other_store: Store, mlflow_refuses: Any
) -> None:
    winner = store.train("strict", 0.9)
    for name in (*MODELS, *MODELS):
        other_store.version(name, 0.8)
    other_store.client.create_experiment("has the number that ours has in the first store")
    solution.open_store(other_store.folder)
    elsewhere = other_store.photograph()
    with contextlib.suppress(TimeoutError), transaction():
        run = call("register_version", store.folder, winner["run_id"])
        during = store.registry
        with as_soon_as("create_model_version", lambda: store.champion("generous", 0.8)):
            call("register_version", store.folder, winner["run_id"])
        others, champion = store.others, store.registry[1]
        solution.open_store(other_store.folder)
        raise TimeoutError("a step of a colleague, after yours")
    opened = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    assert during == ([1], None) and run.value == 1, told(
        f"{run.said} In the registry then: {listed(during)}.",
        "Expected: the new version's number, 1; there was none before.",
        "In production: what inference would load cannot be checked before it is there.",
    )
    after = f"{run.said} Called twice in a transaction which failed later, elsewhere"
    expected = [champion], champion
    assert store.registry == expected, told(
        f"{after}, with another store open by then. As soon as the second one was registered,"
        f" somebody else registered version {champion}, the champion.",
        f"In the registry after it: {listed(store.registry)}. Expected: {listed(expected)}.",
        "In production: a version that no check has seen lies there, looks like all others, and is"
        " promoted by hand in three weeks. Your function had returned: only what hangs on the"
        " task itself is still called, with what it has set. Or the undo takes more than it has"
        " made, and there is no champion.",
    )
    assert store.others == others, told(
        f"{after}. Else in the registry: {store.others}.",
        f"Before: {others}. Expected: the same.",
        "In production: the undo of one team takes away what another team has made.",
    )
    production = "the undo deletes a version of the same number in the store of somebody else."
    other_store.unchanged_since(elsewhere, f"{after}; this store was open then.", production)
    assert opened == (other_store.uri, other_store.uri), told(
        f"{after}. MLflow's store and registry then: {opened[0]} and {opened[1]}.",
        f"Open when it failed, and expected: {other_store.uri}. `MlflowClient(uri)` works in any"
        " store, and opens none.",
        "In production: whoever catches the failure goes on, and logs into the store of somebody"
        " else.",
    )
    with mlflow.start_run() as next_run:
        place = other_store.client.get_experiment(next_run.info.experiment_id).name
    assert place == MODEL, told(
        f"{after}. The next run of whoever caught that began in the experiment {place!r}.",
        f"Open when it failed, and expected: {MODEL!r}. MLflow keeps the store and the experiment,"
        " each by itself. `MlflowClient(uri)` changes neither.",
        "In production: runs land on a page of another team, whose experiment has the same number.",
    )
    before = store.registry
    with contextlib.suppress(TimeoutError), mlflow_refuses(1, *NOTES), transaction():
        half = call("register_version", store.folder, winner["run_id"])
        raise TimeoutError("a step of a colleague, after yours")
    assert store.registry == before, told(
        f"{half.said} Called in a transaction which failed later. The store refused the first tag"
        f" or description, if there was one. In the registry: {listed(store.registry)}.",
        f"Expected: {listed(before)}, as before. A task that fails is not undone: once it has made"
        " the version it does nothing more that can fail, or deletes the version itself.",
        "In production: the night is red, and a version that no check has seen stays.",
    )


def test_version_stays_when_nothing_fails(call: Ask, store: Store, mlflow_refuses: Any) -> None:
    winner = store.train("strict", 0.9)
    for number in (2, 3):
        before = store.registry[0]
        with mlflow_refuses(number):
            troubled = call("register_version", store.folder, winner["run_id"])
        made = [one for one in store.registry[0] if one not in before]
        assert troubled.error or made == [troubled.value], told(
            f"{troubled.said} The store refused change {number} that was asked of it, then it was"
            f" well again. New versions in the registry: {made}.",
            "Expected: an error; or the version that was returned and no other one.",
            "In production: what is tried again after half of it was done leaves a version for"
            " each attempt, which no check has seen; and the night is green.",
        )
    left = store.registry[0]
    alone = call("register_version", store.folder, winner["run_id"])
    with transaction():
        inside = call("register_version", store.folder, winner["run_id"])
    with contextlib.suppress(TimeoutError), transaction():
        last = call("register_version", store.folder, winner["run_id"])
        if last.value:
            store.client.set_registered_model_alias(MODEL, "champion", str(last.value))
        raise TimeoutError("a step of a colleague")
    expected = [*left, alone.value, inside.value]
    assert store.registry == (expected, None) and None not in expected, told(
        f"{alone.said} In a transaction that succeeded: {inside.said} Then in one in which it was"
        " made champion, and which failed.",
        f"In the registry: {listed(store.registry)}; before: {left}. Expected: the first two more,"
        " and no champion: the alias goes with its version.",
        "In production: the model of the night is deleted by its own safety net, or by that of"
        " the next night; or a version that was taken back goes on scoring, as it had the alias.",
    )


@pytest.mark.parametrize(
    ("auc", "gate", "has_champion"),
    [
        (math.nextafter(0.8, 0), {"min_auc": 0.8}, True),
        (math.nextafter(0.7, 0), {}, False),
        (math.nan, {"min_auc": 0.8}, True),
    ],
    ids=["just_below", "below_the_default", "NaN"],
)
def test_nothing_below_the_gate_is_registered(
    call: Ask, store: Store, features: pd.DataFrame, auc: float, gate: dict, has_champion: bool
) -> None:
    champion = store.champion("generous", 0.6) if has_champion else None
    winner = store.train("strict", auc)
    run = call("release", winner, features, store.folder, **gate, at_most=0.0)
    expected = {"version": None, "champion": champion}
    left = [champion] if champion else []
    assert run.value == expected and store.registry == (left, champion), told(
        f"{run.said} The winner's val_auc is {auc}; the gate is {gate.get('min_auc', 0.7)}.",
        f"In the registry: {listed(store.registry)}. Expected: {expected}, nothing registered.",
        "In production: every poor night leaves a version that somebody may take for a good one.",
    )


@pytest.mark.parametrize(
    "broken",
    [None, OSError("the disk is gone"), Stopped("somebody stops the process")],
    ids=["refuses", "breaks", "stopped"],
)
def test_failed_check_leaves_the_registry_as_it_was(
    call: Ask, store: Store, features: pd.DataFrame, checks: Checks, broken: BaseException | None
) -> None:
    champion, winner = store.champion("strict", 0.8), store.train("generous", 0.9)
    store.client.set_registered_model_alias(MODEL, "previous", str(champion))
    others = store.others
    checks.error = broken
    # Just more than half of them are called by the winner's model.
    charges = np.where(np.arange(len(features)) <= len(features) // 2, 150.0, 50.0)
    features = features.assign(monthly_charges=charges)
    run = call("release", winner, features, store.folder, min_auc=0.8)
    during = [seen for uri, seen in checks.seen if uri.startswith("models:")]
    assert during and all(seen == ([1, 2], champion) for seen in during), told(
        f"{run.said} Loaded to be checked, and what the registry then held: "
        + ("; ".join(f"{uri}, {listed(seen)}" for uri, seen in checks.seen) or "nothing")
        + ".",
        f"Expected: a version from the registry, and then {listed(([1, 2], champion))}.",
        "In production: the check takes a minute, and inference runs in it. With the alias moved"
        " first it scores with what may be refused. And a check of something else than what the"
        " registry holds says nothing of that.",
    )
    told_of = type(broken) if broken else ValueError
    text = str(broken) if broken else "would call"
    assert isinstance(run.error, told_of) and text in str(run.error), told(
        f"{run.said}",
        f"The check {f'raises {broken!r}' if broken else TOO_MANY}. Expected: its"
        f" {told_of.__name__}.",
        "In production: the night was refused, and nobody is told.",
    )
    assert (store.registry, store.others) == (([champion], champion), others), told(
        f"{run.said}",
        f"In the registry after it: {listed(store.registry)}; {store.others}.",
        f"Before: {listed(([1], 1))}; {others}. Expected: the same, whatever was wrong.",
        "In production: at 4:00 inference loads a version that the check has refused; or there is"
        " no champion at all, as the alias went with the version that it pointed to.",
    )


@pytest.mark.parametrize(
    ("before", "moves"),
    [
        (None, True),
        (math.nextafter(0.7, 0), True),
        (0.7, False),
    ],
    ids=["first", "just_better", "equal"],
)
def test_champion_moves_only_to_a_better_version(
    call: Ask,
    store: Store,
    features: pd.DataFrame,
    before: float | None,
    moves: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    champion = store.champion("generous", before) if before else None
    if champion:
        store.client.set_registered_model_alias(MODEL, "previous", str(champion))
    others = store.others
    winner = store.train("strict", 0.7)
    if champion and moves:
        no_answer_after_the_promotion(monkeypatch)
    run = call("release", winner, features, store.folder)
    version = run.get("version")
    if champion and moves and isinstance(run.error, MlflowException):
        version = champion + 1  # it has asked once more, after its transaction
    expected = version if moves else champion
    registry = [one for one in (champion, version) if one], expected
    right = run.error or run.get("champion") == expected
    assert version and right and store.registry == registry, told(
        f"{run.said} The champion's val_auc was {before}, the winner's is 0.7, and so is the gate.",
        *(["When the alias had moved, the registry did not answer once."] if champion else []),
        f"In the registry: {listed(store.registry)}. Expected: one new version, and the champion"
        f" {'is the new one' if moves else 'stays'}. (What is asked in the transaction after the"
        " promotion undoes all, also the alias, which goes with its version.)",
        "In production: the alias is what is asked every hour. A weak night takes the good model's"
        " place, or a better model waits for ever.",
    )
    assert not champion or store.others == others, told(
        f"{run.said} Else in the registry: {store.others}.",
        f"Before: {others}. Expected: the same.",
        "In production: who rolls back at noon does not find what to roll back to.",
    )


def registry_class() -> Any:
    """Return the class of MLflow's registry in a database, whichever client asks it."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    return SqlAlchemyStore


@contextlib.contextmanager
def as_soon_as(done: str, then: Callable[[], Any]) -> Iterator[None]:
    """Have something happen as soon as the registry has done something, whoever has asked it."""
    real, later = getattr(registry_class(), done), [then]

    def do(*given: Any, **more: Any) -> Any:
        made = real(*given, **more)
        while later:
            later.pop()()
        return made

    with mock.patch.object(registry_class(), done, do):
        yield


def no_answer_after_the_promotion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the registry's first answer after an alias has moved be an error."""
    moved: list[bool] = []

    def promote(real: Any, *given: Any, **more: Any) -> Any:
        real(*given, **more)
        moved.append(True)

    def read(real: Any, *given: Any, **more: Any) -> Any:
        if moved:
            moved.clear()
            raise MlflowException("no answer from the database: host not found")
        return real(*given, **more)

    registry = registry_class()
    for name in dir(registry):
        wrapped = promote if name == "set_registered_model_alias" else read
        if wrapped is promote or name.startswith(("get_", "search_")):
            real = getattr(registry, name)
            answer = functools.partial(wrapped, real)
            monkeypatch.setattr(registry, name, lambda *a, answer=answer, **m: answer(*a, **m))


def test_champion_of_the_moment_is_challenged(
    call: Ask,
    store: Store,
    features: pd.DataFrame,
    checks: Checks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    winner = store.train("generous", 0.9)
    store.champion("strict", 0.8)
    # More than a check of a few takes; of 32 bits, as Prefect keeps those of 64 with the flow run.
    features = pd.concat([features] * 800, ignore_index=True).astype("float32")
    features.loc[::7, "tenure_months"] = NAN

    def promote() -> None:
        store.champion("strict", 0.95)

    def promote_and_delete() -> None:
        delete()
        promote()

    def delete() -> None:
        store.client.delete_model_version(MODEL, str(store.registry[1]))

    def release(winner: dict) -> Call:
        return call("release", winner, features, store.folder, min_auc=0.8, at_most=1.0)

    theirs = "somebody promoted another version, of val_auc 0.95"
    for meanwhile, error, says, expected in (
        (promote_and_delete, None, f"{theirs}, and deleted the champion before it.", ([2, 3], 3)),
        (promote, OSError("the disk is gone"), f"{theirs}; then it broke.", ([2, 3, 5], 5)),
    ):
        checks.before, checks.error = meanwhile, error
        run = release(winner)
        good = meanwhile is promote_and_delete
        right = run.value == {"version": 2, "champion": 3} if good else run.error
        assert right and store.registry == expected, told(
            f"{run.said} The winner's val_auc is 0.9. While the check ran, {says}",
            f"In the registry: {listed(store.registry)}. Expected: {listed(expected)}"
            f"{'' if good else ', and the error'}.",
            "In production: the check takes minutes. Who has read the champion before it, or puts"
            " it back after it, replaces a model that has come meanwhile. A transaction with a key"
            " that was used before counts as committed: it undoes nothing. And what a hook raises"
            " is only logged: the run is green, and nobody was promoted.",
        )
    checks.before, checks.error = lambda: None, None
    alias_is_refused(store, monkeypatch, release)
    assert set(checks.rows) == {len(features)}, told(
        f"{run.said} The check looked at {checks.rows} customers. Expected: {len(features)}, also"
        " those with a blank, and those who are equal.",
        "In production: a version is refused, or not, by the word of a few; and what a model cannot"
        " score is met first at 4:00.",
    )


def alias_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch, release: Callable[[dict], Call]
) -> None:
    """Check what becomes of a version whose alias is refused just after somebody's promotion."""
    real, before = registry_class().set_registered_model_alias, store.registry
    during: list[int | None] = []

    def refuse(registry: Any, *given: Any) -> Any:
        if during:
            return real(registry, *given)
        during.append(store.registry[1])
        store.train("strict", 0.99)
        during.append(store.version("strict", 0.99))
        real(registry, MODEL, "champion", str(during[1]))
        raise MlflowException("no answer from the database: host not found")

    with monkeypatch.context() as patch:
        patch.setattr(registry_class(), "set_registered_model_alias", refuse)
        run = release(store.train("generous", 0.97))
    now, theirs = during or [None, None]
    versions, champion = store.registry
    own = [one for one in versions if one not in (*before[0], theirs)]  # it may stay
    honest = run.error or run.value == {"version": own and own[0], "champion": theirs}
    right = honest and len(own) <= 1 and {*before[0], theirs} <= {*versions}
    assert right and (now, champion) == (before[1], theirs), told(
        f"{run.said} The champion was {before[1]}, of val_auc 0.95; the winner's is 0.97. When it"
        f" was to be promoted, the champion was {now}. Just then somebody promoted version"
        f" {theirs}, of 0.99, and the registry did not answer once.",
        f"In the registry: {listed(store.registry)}. Expected: champion {theirs}, and the error; or"
        " a winner that has compared itself again.",
        "In production: an alias that is taken away before it is given leaves nobody to score; and"
        " who tries again what was decided before puts the weaker model over the better one.",
    )

    def refuse_always(*_: Any) -> Any:
        raise MlflowException("no answer from the database: host not found")

    with monkeypatch.context() as patch:
        patch.setattr(registry_class(), "set_registered_model_alias", refuse_always)
        run = release(store.train("generous", 0.995))
    assert run.error and store.registry[1] == theirs, told(
        f"{run.said} The winner's val_auc is 0.995, the champion's 0.99. The registry refused to"
        " change the alias.",
        f"In the registry: {listed(store.registry)}. Expected: champion {theirs}, and the error.",
        "In production: what a hook raises is only logged. The run is green, nobody was promoted,"
        " and the old champion goes on for weeks.",
    )


# Task 3: the nightly run


def test_two_nights_on_a_flaky_api(
    call: Ask, solution: Any, store: Store, other_store: Store, api: Any, prefect_history: Any
) -> None:
    limit = getattr(solution.training_pipeline, "timeout_seconds", None)
    assert limit is None or limit > PREPARATION_S, told(
        f"The engine ends a run of training_pipeline after {limit} s.",
        "Expected: no limit, or a longer one: for all customers, the features alone take 30"
        " minutes.",
        "In production: each night with new customers is red, and only its rerun can be green.",
    )
    where, gates = (api.url, store.folder), {"min_auc": LOW, "at_most": HIGH}
    api.will(503, api.TIMEOUT, 200)
    first = call("training_pipeline", *where, candidates={"everything": EVERYTHING}, **gates)
    expected = {"version": 1, "champion": 1, "winner": "everything"}
    assert first.value == expected and store.registry == ([1], 1), told(
        f"{first.said} The API said: {', '.join(one.answered for one in api.requests)}.",
        f"In the registry: {listed(store.registry)}. Expected: {expected}, and version 1 there.",
        "In production: the API was back at 3:01, and there is no model at 9:00.",
    )
    prepared_by_the_shared_flow(first, "training_pipeline", solution.data_preparation.name)
    recorded = {key: first.flow_runs[0].parameters.get(key) for key in gates}
    assert recorded == gates, told(
        f"{first.said} The engine recorded of its parameters: {recorded}.",
        "In production: nobody can say which gate a model of last month has passed.",
    )
    before, gates["min_auc"] = store.photograph(), 1.0
    api.will(503, 200)
    second = call(
        "training_pipeline", api.url, other_store.folder, candidates={"calls": CALLS}, **gates
    )
    used_again(second, prefect_history, "The first night was good")
    expected = {"version": None, "champion": None, "winner": "calls"}
    assert second.value == expected and other_store.registry == ([], None), told(
        f"{second.said} This night is of another store, which is new; nothing passes its gate.",
        f"In the registry there: {listed(other_store.registry)}. Expected: {expected}.",
        "In production: a night of poor candidates is an ordinary night; it fails, or it releases"
        " what no gate has let pass.",
    )
    production = "the model of one region is trained into the store of another one."
    store.unchanged_since(before, f"{second.said} That night was of another store.", production)


def test_failed_night_costs_no_second_preparation(
    call: Ask, store: Store, api: Any, prefect_history: Any
) -> None:
    where, gates = (api.url, store.folder), {"min_auc": LOW, "at_most": HIGH}
    failed = call("training_pipeline", *where, candidates={"refused": REFUSED}, **gates)
    has_failed(failed, "All candidates failed.", "no model tonight, and a green page.")
    gates["at_most"] = 0.0
    run = call("training_pipeline", *where, candidates={"calls": CALLS}, **gates)
    has_failed(
        run,
        "The check refuses every model tonight.",
        "the model was refused, the page is green, and last month's model scores until somebody"
        " asks why.",
        ValueError,
    )
    used_again(run, prefect_history, "The first night had failed after it")
    before, asked = store.photograph(), len(api.requests)
    api.will(503)
    run = call("training_pipeline", *where)
    what = f"The API said 503, {len(api.requests) - asked} times; the night before it had answered."
    stale = "the model is trained on the customers of yesterday, for weeks, and all is green."
    has_failed(run, what, stale)
    usual = {"min_auc": 0.7, "at_most": 0.5}
    recorded = {key: run.flow_runs[0].parameters.get(key) for key in usual}
    assert recorded == usual, told(
        f"{run.said} No gate was given. The engine recorded: {recorded}. Expected: {usual}, the"
        " defaults of the signature.",
        "In production: the nightly schedule gives no gate. Whatever comes through another one is"
        " the champion at 4:00.",
    )
    left = "a night without data leaves runs, and a version that nobody has asked for."
    store.unchanged_since(before, f"{run.said} {what}", left)


def has_failed(
    run: Call, what: str, production: str, kind: type[BaseException] = Exception
) -> None:
    """Check that a pipeline raised, and that its run is Failed."""
    ended = run.flow_runs[0].states[-1] if run.flow_runs else "none"
    assert isinstance(run.error, kind) and ended == "Failed", told(
        f"{run.said} The run ended as {ended}.",
        f"{what} Expected: the error{'' if kind is Exception else f', {kind.__name__}'}, and"
        " Failed.",
        f"In production: {production}",
    )


def used_again(run: Call, prefect_history: Any, night: str) -> None:
    """Check that the features of a first night were made once, and used in the second."""
    made = [one.states for one in prefect_history.task_runs if one.function == "engineer_features"]
    assert [states[-1] for states in made] == ["Completed", "Cached"], told(
        f"{run.said} {night}; this is the second, with the same customers.",
        "engineer_features ended as: " + "; ".join(", ".join(states) for states in made) + ".",
        "Expected: Completed, then Cached.",
        "In production: 30 minutes of features are paid again. What a failing transaction holds is"
        " taken back, all of it: results that were to be kept for the next run, too.",
    )


# Task 4: inference from the registry


class Scoring:
    """Nights of inference: whose scores they should be, by the model behind each version."""

    def __init__(self, call: Ask, api: Any, tonight: list[dict]) -> None:
        self.call, self.api = call, api
        api.customers = tonight
        api.will(200)
        self.features = prepared(tonight)

    def scores_of(self, model: str) -> dict[int, float]:
        """Return the scores that a model gives, in the API's order."""
        chances = make_model(MODELS[model]).predict_proba(self.features[COLUMNS])[:, 1].tolist()
        return dict(zip(self.features.index.tolist(), chances, strict=True))

    def score(self, store: Store, versions: dict[int, str], why: str, production: str) -> Call:
        """Score once; check that it was by one of these versions, each with its own model."""
        run = self.call("inference_pipeline", self.api.url, store.folder)
        version, scores = run.get("version"), run.get("scores")
        expected = {number: self.scores_of(model) for number, model in versions.items()}
        right = expected.get(version, {})
        same = isinstance(scores, dict) and list(scores) == list(right)
        wanted = " or ".join(
            f"version {number}, and {len(one)} scores that begin with"
            f" { ({key: round(one[key], 3) for key in list(one)[:3]}) }"
            for number, one in expected.items()
        )
        assert same and scores == pytest.approx(right), told(
            f"{run.said} {why}", f"Expected: {wanted}.", f"In production: {production}"
        )
        return run


def test_champion_scores_and_no_other(
    call: Ask, solution: Any, store: Store, api: Any, draw: Any
) -> None:
    tonight = people(draw, churned=False, also=["more than 1000 rows"])
    tonight[7::9] = [{**one, "monthly_charges": None} for one in tonight[7::9]]
    scoring = Scoring(call, api, tonight)
    # A version may have another model than its run has: one that was mended, or a copy.
    champion = store.champion("generous", 0.8, run="strict")
    newest = store.version("strict", 0.9)
    api.will(503, 200)
    store.client.create_experiment(MODEL, (Path(store.folder) / "artifacts").as_uri())
    before = store.photograph()
    run = scoring.score(
        store,
        {champion: "generous"},
        f"Version {champion} is the champion, version {newest} the newest. The run of {champion}"
        f" has another model. Of some customers the charges are blank: the model knows blanks.",
        "customers are called on the word of a model that nobody has promoted; or of values that"
        " the training does not know.",
    )
    store.unchanged_since(
        before,
        run.said,
        "inference runs 24 times a day; whatever it leaves, it leaves 700 times a month.",
    )
    prepared_by_the_shared_flow(run, "inference_pipeline", solution.data_preparation.name)


def test_champion_is_asked_for_each_time(
    call: Ask, solution: Any, store: Store, other_store: Store, api: Any, checks: Checks, draw: Any
) -> None:
    scoring = Scoring(call, api, people(draw, churned=False, also=["one row"]))
    champion, newest = store.champion("generous", 0.8), store.version("strict", 0.9)
    first, second = other_store.champion("strict", 0.9), other_store.version("generous", 0.8)
    kept = (
        "what a process has kept, it uses until it is restarted. The champion that was taken back"
        " at noon is still scoring at midnight."
    )
    scoring.score(store, {champion: "generous"}, f"Version {champion} is the champion.", kept)
    promote = functools.partial(other_store.client.set_registered_model_alias, MODEL, "champion")
    checks.before, checks.after = lambda: promote(str(second)), lambda: promote(str(first))
    scoring.score(
        other_store,
        {first: "strict", second: "generous"},
        f"In this other store version {first} is another model, and the champion. Version {second}"
        f" became champion just before the model was loaded, and version {first} again meanwhile.",
        "the scores are filed under a version that has not made them.",
    )
    checks.before = checks.after = lambda: None
    store.client.set_registered_model_alias(MODEL, "champion", str(newest))
    why = f"Version {newest} has become champion of this store since it was asked before."
    meanwhile = functools.partial(solution.open_store, other_store.folder)
    api.will(api.answer(200, meanwhile=meanwhile))
    why += " While the customers were loaded, somebody in this process opened the other store."
    scoring.score(store, {newest: "strict"}, why, kept)
    api.will(503)
    has_failed(
        call("inference_pipeline", api.url, store.folder),
        "The API said 503 all the time. The scoring before was a good one.",
        "the call centre works all day from the customers of yesterday, and all is green.",
    )


def test_missing_champion_is_an_error(call: Ask, store: Store, api: Any) -> None:
    version = store.version("strict", 0.9)
    for alias in ("previous", "backup"):
        store.client.set_registered_model_alias(MODEL, alias, str(version))
    run = call("inference_pipeline", api.url, store.folder)
    assert run.error is not None and run.flow_runs[0].states[-1] == "Failed", told(
        f"{run.said} Flow runs: {run.seen}.",
        f"Version {version} has the aliases 'previous' and 'backup', and is nobody's champion;"
        f" {ELSEWHERE!r} has one. Expected: an error, and Failed.",
        "In production: the registry was never asked who is good, or a stand-in scores for weeks"
        " and nobody notices.",
    )
