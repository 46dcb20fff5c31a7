"""What the registry holds after your four functions ran, and which version scored."""

import contextlib
import functools
import itertools
import math
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric, Param
from mlflow.exceptions import MlflowException
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]
TONIGHT = "churn d'été, 2026-03-14"
GATE = 0.83
NAN = float("nan")
# What a filter with LIKE finds too; it has more versions than ours will ever have.
LOOK_ALIKE = "churn-eu"
OF_LOOK_ALIKE = 5000
DAY_MS = 24 * 3600 * 1000
# More than any page of a search that is not told how many.
CROWD = 1001
# What somebody has written beside the metric, on run and version: the metric counts.
OTHER_NUMBERS = {"val_auc": "0.77"}
# Without the first, MLflow looks for requirements in another process, for ten seconds.
OPTIONS = {
    "pip_requirements": [],
    "pyfunc_predict_fn": "predict_proba",
    "skops_trusted_types": ["numpy.dtype"],
}


class Store:
    """A store of one test: what the training has left, and what is to be seen in it."""

    def __init__(self, uri: str, models: Path) -> None:
        self.uri = uri
        self.models = models
        self._experiments: dict[str, str] = {}

    @functools.cached_property
    def client(self) -> MlflowClient:
        """Talk to this store; MLflow fills a database that it finds empty, for seconds."""
        return MlflowClient(self.uri, registry_uri=self.uri)

    def begin(self, night: str) -> str:
        """Make a night's experiment, once; return its id."""
        if night not in self._experiments:
            self._experiments[night] = self.client.create_experiment(night)
        return self._experiments[night]

    def train(
        self,
        name: str,
        night: str = TONIGHT,
        status: str = "FINISHED",
        days_ago: int = 0,
        parent: str | None = None,
        **auc: float,
    ) -> str:
        """Log a candidate with the metrics `train_auc` and `val_auc`; return its run's id."""
        began = int(time.time() * 1000) - days_ago * DAY_MS
        tags = {**OTHER_NUMBERS, **({"mlflow.parentRunId": parent} if parent else {})}
        run = self.client.create_run(self.begin(night), began, tags, run_name=name)
        run_id = run.info.run_id
        # A metric is measured again when its rows were wrong: the last value counts.
        steps = {key: enumerate((1.0, 0.0, value)) for key, value in auc.items()}
        metrics = [
            Metric(f"{key}_auc", value, step, step) for key in auc for step, value in steps[key]
        ]
        self.client.log_batch(run_id, metrics, [Param(*one) for one in OTHER_NUMBERS.items()])
        self.client.update_run(run_id, status)
        shutil.copytree(self.save_model(0.0), copy_of(run))  # as MLflow 2 did; quick to make
        return run_id

    def log_model(self, run_id: str, shift: float = 0.0) -> None:
        """Log a model in a run, whose status stays."""
        run = self.client.get_run(run_id)
        shutil.rmtree(copy_of(run), ignore_errors=True)
        with self.as_default(), mlflow.start_run(run_id=run_id):
            mlflow.sklearn.log_model(make_model(shift), name="model", **OPTIONS)
            self.log_another(run, "calibrator")
        self.client.set_terminated(run_id, run.info.status)

    def gc(self, *versions: int) -> None:
        """Remove the runs of some versions, as `mlflow gc` does."""
        numbers = ", ".join(map(str, versions))
        gone = f"SELECT run_id FROM model_versions WHERE name = 'churn' AND version IN ({numbers})"
        with self.open() as database, database:
            for table in ("metrics", "latest_metrics", "params", "tags", "runs"):
                database.execute(f"DELETE FROM {table} WHERE run_uuid IN ({gone})")

    def log_another(self, run: Any, name: str) -> None:
        """Have a run have a model of another name, too."""
        logged = self.client.create_logged_model(run.info.experiment_id, name, run.info.run_id)
        place = Path(unquote(logged.artifact_location.removeprefix("file://")))
        shutil.copytree(self.save_model(-1.0), place)
        self.client.finalize_logged_model(logged.model_id, "READY")
        self.client.log_outputs(run.info.run_id, [LoggedModelOutput(logged.model_id, 0)])

    def save_model(self, shift: float) -> str:
        """Write a model to a folder, as one that comes from elsewhere; return its address."""
        path = self.models / f"model {shift}"
        if not path.exists():
            mlflow.sklearn.save_model(make_model(shift), path, **OPTIONS)
        return str(path)

    def register(self, source: str = "", run_id: str | None = None, model: str = "churn") -> int:
        """Make a version; without a source it has no model that can be loaded."""
        with contextlib.suppress(MlflowException):
            self.client.create_registered_model(model)
        with self.as_default():
            source = source or str(self.models)
            made = self.client.create_model_version(
                model, source, run_id=run_id, tags=OTHER_NUMBERS if run_id else {}
            )
            return int(made.version)

    def version(self, name: str, **auc: float) -> int:
        """Make a version whose run has these metrics; its model is never loaded."""
        return self.register(run_id=self.train(name, **auc))

    def crowd_of_runs(self, like: str) -> None:
        """Copy a run, often, as if each had come later."""
        for table in ("runs", "metrics", "latest_metrics"):
            self._crowd(table, "run_uuid", "printf('%032d', n.i)", f"run_uuid = '{like}'")

    def crowd_of_models(self, of: str) -> None:
        """Copy the models of a run, often, as if other runs had logged them later."""
        new, when = "printf('m-%032d', n.i)", "creation_timestamp_ms"
        self._crowd("logged_models", "model_id", new, f"source_run_id = '{of}' AND name = 'model'")
        with self.open() as database, database:
            database.execute(
                f"UPDATE logged_models SET {when} = {when} + 1000, source_run_id ="
                " printf('%032d', substr(model_id, 3)) WHERE model_id LIKE 'm-0000%'"
            )

    def crowd_of_versions(self, like: int) -> None:
        """Copy a version, often; each has a greater number."""
        where = f"name = 'churn' AND version = {like}"
        self._crowd("model_versions", "version", f"{like} + n.i", where)

    def _crowd(self, table: str, key: str, new: str, where: str) -> None:
        with self.open() as database, database:
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            picked = ", ".join(new if name == key else f't."{name}"' for name in names)
            database.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                f" INSERT INTO {table} SELECT {picked} FROM {table} t, n WHERE {where}",
                (CROWD,),
            )

    def point(self, **aliases: int) -> None:
        """Set aliases."""
        for alias, version in aliases.items():
            self.client.set_registered_model_alias("churn", alias, str(version))

    @contextlib.contextmanager
    def as_default(self) -> Iterator[None]:
        """Make this store the process's default for a moment, whatever was set before."""
        before, registry = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
        mlflow.set_tracking_uri(self.uri)
        mlflow.set_registry_uri(self.uri)
        yield
        mlflow.set_tracking_uri(before)
        mlflow.set_registry_uri("" if registry == before else registry)

    @property
    def aliases(self) -> dict[str, int]:
        """Read the aliases of the model."""
        found = self.ask("SELECT alias, version FROM registered_model_aliases WHERE name = 'churn'")
        return dict(sorted(found))

    @property
    def numbers(self) -> list[int]:
        """Read the numbers of the model's versions."""
        there = "name = 'churn' AND current_stage != 'Deleted_Internal'"
        return [one for (one,) in self.ask(f"SELECT version FROM model_versions WHERE {there}")]

    @property
    def marked(self) -> list[int]:
        """Read the numbers of the versions that were taken back."""
        where = "name = 'churn' AND key = 'rolled_back'"
        return [one for (one,) in self.ask(f"SELECT version FROM model_version_tags WHERE {where}")]

    @property
    def listed(self) -> str:
        """Say which versions there are, and where each comes from."""
        found = self.ask("SELECT version, run_id FROM model_versions WHERE name = 'churn'")
        named = [f"version {n} from {self.describe(run_id)}" for n, run_id in found[:15]]
        named += [f"{len(found) - 15} more"] if len(found) > 15 else []
        return "; ".join(named) or "no version"

    def describe(self, run_id: str | None) -> str:
        """Say which candidate a run is."""
        if not run_id:
            return "no run"
        if not self.ask(f"SELECT 1 FROM runs WHERE run_uuid = '{run_id}'"):
            return "a run that is gone"
        run = self.client.get_run(run_id)
        numbers = [f"{name} {value:.16g}" for name, value in run.data.metrics.items()]
        return f"the run {run.info.run_name!r} ({', '.join([run.info.status, *numbers])})"

    def open(self) -> Any:
        """Open the database, for a block: MLflow itself takes its time."""
        return contextlib.closing(sqlite3.connect(path_of(self)))

    def ask(self, query: str) -> list[Any]:
        """Read some rows, in the order in which they were written."""
        with self.open() as database:
            return list(database.execute(query))

    def contents(self) -> dict[str, list[Any]]:
        """Read all that is stored, by table."""
        tables = self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name: self.ask(f'SELECT * FROM "{name}"') for (name,) in tables}


def copy_of(run: Any) -> Path:
    """Say where the model of a run lies that is no model of MLflow's own."""
    return Path(run.info.artifact_uri.removeprefix("file://")) / "model"


class Call(NamedTuple):
    """One call of a solution's function and how it ended."""

    said: str
    value: Any
    error: Exception | None


Ask = Callable[..., Call]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Choose one folder for the stores of all tests: MLflow is slow with each new address."""
    return tmp_path_factory.mktemp("store")


# The versions that challenge each other, 1 is the first: the val_auc of the run.
CAST = {
    "former champion": 0.75,
    "champion": 0.8,
    "equal": 0.8,
    "just worse": math.nextafter(0.8, 0),
    "just better": math.nextafter(0.8, 1),
    "better": 0.9,
    "NaN": NAN,
    "never validated": None,
    "imported, of no run": ...,
    "the worst there is": 0.0,
    "as bad": 0.0,
}
# How their runs ended, or not: somebody has opened one again to log another metric.
ENDED = {"champion": "RUNNING", "better": "KILLED", "the worst there is": "FAILED"}
NUMBER = {name: number for number, name in enumerate(CAST, start=1)}


@pytest.fixture
def cast(stores: list[Store], place: Path) -> list[Store]:
    """Fill both stores with the versions of CAST, none of which has an alias."""
    filled = place / "cast.db"
    if not filled.exists():
        for name, auc in CAST.items():
            only = {} if auc is None else {"val": auc}
            status = ENDED.get(name, "FINISHED")
            run_id = None
            if auc is not ...:
                run_id = stores[0].train(name, status=status, train=0.95, **only)
            stores[0].register(run_id=run_id)
        snapshot(stores[0], filled)
    for one in stores:
        copy_database(filled, path_of(one))
    return stores


def path_of(store: Store) -> Path:
    """Return the file of a store."""
    return Path(store.uri.removeprefix("sqlite:///"))


@pytest.fixture
def stores(mlflow_store: str, place: Path) -> Iterator[list[Store]]:
    """Empty the store that the solution is told of, and the process's default, which is another."""
    mlflow.set_registry_uri("")
    told_of, default = (Store(f"sqlite:///{place}/{name}.db", place) for name in ("one", "default"))
    template = place / "look-alikes.db"
    if not template.exists():
        copy_database(Path(mlflow_store.removeprefix("sqlite:///")), path_of(told_of))
        add_look_alikes(told_of)
        snapshot(told_of, template)
    for one in (told_of, default):
        copy_database(template, path_of(one))
    mlflow.set_tracking_uri(default.uri)
    yield [told_of, default]
    while mlflow.active_run() is not None:
        mlflow.end_run()


def add_look_alikes(store: Store) -> None:
    """Add what is not asked for, and has a name that begins like it: all of it is better."""
    for night in (f"{TONIGHT}-eu", TONIGHT.upper()):
        run_id = store.train("another team's", night=night, train=1, val=0.99)
    store.register(store.save_model(-3.0), run_id, model=LOOK_ALIKE)
    with store.open() as database, database:
        database.execute(f"UPDATE model_versions SET version = {OF_LOOK_ALIKE}")
    for alias in ("champion", "previous", "shadow"):
        store.client.set_registered_model_alias(LOOK_ALIKE, alias, str(OF_LOOK_ALIKE))


@pytest.fixture
def store(stores: list[Store]) -> Store:
    """Give the store that the solution is told of."""
    return stores[0]


@pytest.fixture
def other(stores: list[Store]) -> Store:
    """Give another store: the process's default, and empty as long as the test leaves it so."""
    return stores[1]


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also over one that is open; not if nobody has touched the last copy."""
    written = source.stat().st_mtime_ns
    if target.exists() and target.stat().st_mtime_ns == written:
        return
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
    os.utime(target, ns=(written, written))


def snapshot(store: Store, target: Path) -> None:
    """Copy what a store holds now, to begin from there again."""
    copy_database(path_of(store), target)


@pytest.fixture
def call(solution: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Call a function of the solution on a store, as a user without a name.

    So it is in a container that is given any number for its user.
    """
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    if hasattr(os, "getuid"):
        monkeypatch.setattr(os, "getuid", lambda: 1_000_710_000)

    def ask(name: str, *given: Any, may_raise: bool = False, on: Store = store) -> Call:
        rest = ["customers" if isinstance(one, pd.DataFrame) else repr(one) for one in given]
        uri, value, error = "uri" if on is store else "another uri", None, None
        try:
            value = getattr(solution, name)(on.uri, *given)
            ending = f"returned {shorten(repr(value))}"
        except (NotImplementedError, NameError):
            raise
        except Exception as caught:
            if not may_raise and not isinstance(caught, MlflowException):
                raise  # not the registry's doing: the learner wants the line it came from
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
            if not may_raise and "not found" in str(caught) and "None" not in str(caught):
                ending += " (Did all of it ask the store at uri? The default one is empty)"
        return Call(f"{name}({', '.join([uri, *rest])}) {ending}.", value, error)

    return ask


@pytest.fixture
def when_busy(call: Ask, store: Store, mlflow_busy: Any, tmp_path: Path) -> Ask:
    """Make a call again and again; each time another of its questions finds no answer."""

    def ask(check: Callable[[Call], bool], expected: str, why: str, *given: Any) -> None:
        snapshot(store, tmp_path / "before.db")
        for number in itertools.count(1):
            with mlflow_busy(number) as refused:
                run = call(*given, may_raise=True)
            if not refused:
                return
            said = f"{run.said} To its question {number} the registry had said: {refused[0]}."
            assert check(run), told(
                f"{said} Now: {after(store)}.",
                f"Expected: the registry's error comes out, and nothing has changed; or you ask"
                f" again, and {expected}.",
                f"In production: {why}",
            )
            copy_database(tmp_path / "before.db", path_of(store))

    return ask


@pytest.fixture
def when_half_done(call: Ask, store: Store, mlflow_refuses: Any, mlflow_silent: Any) -> Any:
    """Make a call when nothing is answered after its first change, or a change is refused.

    `begin` puts the registry to what it was before the call.
    """

    def ask(begin: Callable[[], None], done: str, answer: int, why: str, *given: Any) -> None:
        begin()
        before = after(store)
        with mlflow_silent() as refused:
            run = call(*given, may_raise=True)
        found = (after(store), run.error is None and run.value)
        assert found in ((before, False), (done, answer)), told(
            f"{run.said} Once it had changed something, the registry answered no question any more"
            f" ({', '.join(refused) or 'none was asked'}). Now: {after(store)}.",
            f"Expected: {answer}, and {done}: what you ask, you ask before you change anything.",
            "In production: it says that it has failed, and who scores has changed; or half of it"
            " has, and the way back is gone.",
        )
        for number in itertools.count(1):
            begin()
            with mlflow_refuses(number) as refused:
                run = call(*given, may_raise=True)
            if not refused:
                return
            said = f"{run.said} Its change {number}, {refused[0]}, had been refused."
            assert run.error is not None or (after(store), run.value) == (done, answer), told(
                f"{said} Now: {after(store)}.",
                f"Expected: the registry's error, or all of it is done: {answer}, and {done}.",
                f"In production: {why}",
            )

    return ask


def after(store: Store) -> str:
    """Say what matters in the registry."""
    numbers = shorten(str(store.numbers))
    return f"versions {numbers}, 'rolled_back' {store.marked}, aliases {store.aliases}"


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def make_model(shift: float) -> Pipeline:
    """Make a tiny model, which knows blanks; each shift gives other probabilities."""
    usual = SimpleImputer().fit(pd.DataFrame([[20.0, 60.0, 3.0]], columns=COLUMNS))
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = np.array([0, 1]), len(COLUMNS)
    model.coef_, model.intercept_ = np.array([[-0.05, 0.02, 0.5]]), np.array([shift])
    return make_pipeline(usual, model)


# Task 1: only what passes the gate is registered


def registered_only(store: Store, run: Call, best: str) -> None:
    """Check that the best candidate, and no other, is version 1."""
    runs = dict(store.ask("SELECT version, run_id FROM model_versions WHERE name = 'churn'"))
    assert runs == {1: best} and run.value == 1, told(
        f"{run.said} In the registry: {store.listed}.",
        f"Expected: 1, made from {store.describe(best)}. The gate was {GATE}: that is enough.",
        "In production: the version that everybody will trust is not the model that was best on"
        " customers it had not seen, or nobody can say which run made it.",
    )


def test_best_run_by_validation_is_registered(call: Ask, store: Store) -> None:
    store.train("overfitted", train=0.99, val=0.71)
    over = math.nextafter(GATE, 1)
    fair = store.train("fair", train=0.85, val=GATE)
    named = "sound, one of a comparison, resumed after 40 days"
    best = store.train(named, days_ago=40, parent=fair, train=0.86, val=over)
    store.log_model(best, shift=1.0)
    store.crowd_of_models(best)
    store.train("another team's", night="another experiment", train=0.97, val=0.96)
    store.train("not a number", train=0.9, val=NAN)
    store.crowd_of_runs(fair)
    before = store.contents()
    run = call("register_best", TONIGHT, GATE)
    registered_only(store, run, best)
    with store.as_default():
        model = mlflow.sklearn.load_model("models:/churn/1")
    assert model[-1].intercept_.tolist() == [1.0], told(
        f"{run.said} Version 1 names the best run, and holds the model of another one.",
        "In production: the metric on the version's page is not that of its model.",
    )
    touched = changed(before, store)
    assert not {"experiments", "runs", "metrics", "params"} & set(touched), told(
        f"{run.said} The store has changed in {', '.join(touched)}.",
        "Expected: a new version, and the candidates and their experiments as they were.",
        "In production: registering leaves marks that tomorrow's search takes for candidates.",
    )


def changed(before: dict[str, list[Any]], store: Store) -> list[str]:
    """Name the tables whose rows are others than before."""
    return sorted(name for name, rows in store.contents().items() if rows != before.get(name))


def test_run_that_failed_is_no_candidate(call: Ask, store: Store) -> None:
    for status in ("FAILED", "KILLED", "RUNNING", "SCHEDULED"):
        store.train(status.lower(), status=status, train=0.98, val=0.97)
    store.client.delete_run(store.train("deleted", train=0.98, val=0.97))
    best = store.train("sound", train=0.86, val=GATE)
    store.log_model(best)
    registered_only(store, call("register_best", TONIGHT, GATE), best)
    # The best of another night has a model, but none that is called `model`.
    store.train("second best", night="no model", train=0.86, val=0.86)
    run = store.client.get_run(store.train("best", night="no model", train=0.9, val=0.9))
    copy_of(run).rename(copy_of(run).with_name("calibrator"))
    run = call("register_best", "no model", GATE, may_raise=True)
    assert run.error is not None and store.numbers == [1], told(
        f"{run.said} In the registry: {store.listed}.",
        "The best candidate has no model called 'model', the second best has one. Expected: an"
        " error, and no new version.",
        "In production: the night's report names one run, another one's model is registered, and"
        " nobody hears that the best one was lost.",
    )


def test_nothing_below_the_gate_is_registered(call: Ask, store: Store) -> None:
    store.begin("no run at all")
    below = math.nextafter(GATE, 0)
    nights: dict[str, tuple[dict, float]] = {
        "bad": ({"train": 0.99, "val": below}, GATE),
        "NaN": ({"val": NAN}, GATE),
        "none": ({"train": 0.86}, GATE),
        "none, and a gate of 0": ({"train": 0.86}, 0.0),
    }
    only = {night: store.train("candidate", night, **auc) for night, (auc, _) in nights.items()}
    for night, gate in (("no run at all", GATE), *((one, nights[one][1]) for one in nights)):
        run = call("register_best", night, gate)
        models = store.client.search_registered_models("name = 'churn'")
        assert run.value is None and run.error is None and not models, told(
            f"{run.said} In the registry: {'the model churn, with ' if models else ''}"
            f"{store.listed}.",
            f"The only candidate is {store.describe(only.get(night))}, the gate {gate} on val_auc."
            " Expected: None, no version, and no model that could have one.",
            "In production: a model that never passed is one click, or one `latest`, away from"
            " every customer.",
        )
    store.log_model(store.train("worst", "zero", val=0.0))
    run = call("register_best", "zero", 0.0)
    assert run.value == 1, told(
        f"{run.said} It is the first good candidate, its val_auc is 0, and so is the gate."
        f" In the registry: {store.listed}.",
        "Expected: 1. A number is missing when something was registered and deleted again; and 0"
        " is as much as a gate of 0 asks.",
        "In production: for a moment the bad model was the newest version, and if the job dies in"
        " that moment, it stays.",
    )


def test_second_call_registers_nothing_new(call: Ask, store: Store, other: Store) -> None:
    best = store.train("sound", train=0.86, val=0.84)
    store.log_model(best)
    store.register(run_id=best, model=LOOK_ALIKE)
    again = ("register_best", TONIGHT, GATE)
    runs = [call(*again) for _ in range(2)]
    assert [run.value for run in runs] == [1, 1] and store.numbers == [1], told(
        f"First {runs[0].said} Then {runs[1].said}",
        f"In the registry: {store.listed}. Expected: 1 twice, and one version. (One of another"
        " model, churn-eu, is from the same run: it does not count.)",
        "In production: the engine retries the job, and one model has two versions. One is taken"
        " back at noon, and the other one is promoted at night.",
    )
    strict = call("register_best", TONIGHT, 0.9)
    assert strict.value is None and strict.error is None and store.numbers == [1], told(
        f"Then {strict.said}",
        f"In the registry: {store.listed}. Expected: None. The best candidate is not good enough"
        " for this gate; that it has a version, from a lower one, is another matter.",
        "In production: the gate is raised, and what does not pass it still goes on to promotion.",
    )
    store.log_model(store.train("better", night="the night after", train=0.87, val=0.85))
    later = call("register_best", "the night after", GATE)
    store.client.set_model_version_tag("churn", "1", "rolled_back", "")
    store.crowd_of_versions(2)
    other.register()
    other.register(run_id=other.train("elsewhere", train=0.8, val=0.9))
    elsewhere, third = call("register_best", TONIGHT, GATE, on=other), call(*again)
    found = (later.value, elsewhere.value, third.value, len(store.numbers))
    assert found == (2, 2, 1, 2 + CROWD), told(
        f"Then {later.said} It was registered {CROWD} times more. In another store"
        f" {elsewhere.said} Then {third.said}",
        f"In the registry: {store.listed}. Expected: 2, a new one; there 2, from the same run; here"
        " 1 as before, and no new version.",
        "In production: the newest versions are not the only ones that tonight's run may have.",
    )


def test_registering_moves_no_alias(call: Ask, store: Store) -> None:
    store.register(run_id=store.train("old", night="yesterday", train=0.78, val=0.75))
    store.gc(1)
    store.point(champion=1, shadow=1)
    store.log_model(store.train("sound", train=0.86, val=0.84))
    run = call("register_best", TONIGHT, GATE)
    assert run.value == 2 and store.aliases == {"champion": 1, "shadow": 1}, told(
        f"{run.said} The aliases are {store.aliases}.",
        "Expected: 2, and {'champion': 1, 'shadow': 1} as before, whatever the candidate's metric.",
        "In production: to register is to keep a model, to promote is to let it loose on"
        " customers. Whoever registers a trial must not change who scores.",
    )


def test_no_answer_is_not_no_candidate(
    call: Ask, store: Store, when_busy: Ask, mlflow_refuses: Any
) -> None:
    store.log_model(store.train("sound", train=0.86, val=0.84))
    call("register_best", TONIGHT, GATE)
    before = after(store)

    def check(run: Call) -> bool:
        return after(store) == before and (run.error is not None or run.value == 1)

    why = "for a second the registry does not answer: the night has no model, or it has two."
    when_busy(check, "get 1, the version there is", why, "register_best", TONIGHT, GATE)
    store.client.delete_model_version("churn", "1")
    with mlflow_refuses(1, "create_model_version", but_made=True):
        run = call("register_best", TONIGHT, GATE, may_raise=True)
    assert store.numbers == [2] and (run.error is not None or run.value == 2), told(
        f"{run.said} The registry had made version 2, and its answer was lost on the way: the"
        f" client heard of a time-out. In the registry: {store.listed}.",
        "Expected: the error, or 2; and one version of this run. Before you ask again for what"
        " changes something, look whether it is done.",
        "In production: one model has two versions. One is taken back at noon, and the other one is"
        " promoted at night.",
    )


# Task 2: the alias moves only to a better model


def promoted(store: Store, run: Call, why: str, **aliases: int) -> None:
    """Check who is champion, and who was; an alias that is nobody's business stays."""
    shadow = {"shadow": 1} if "shadow" in store.aliases else {}
    value = None if run.error is not None else run.value
    assert value == aliases.get("champion") and store.aliases == {**aliases, **shadow}, told(
        f"{run.said} The aliases are {store.aliases}.",
        f"In the registry: {store.listed}.",
        f"Expected: {aliases.get('champion')}, and the aliases { ({**aliases, **shadow}) }.",
        f"In production: {why}",
    )


def challenge(call: Ask, name: str, **more: Any) -> Call:
    """Have a version of CAST challenge the champion."""
    return call("promote_if_better", NUMBER[name], **more)


def test_first_version_becomes_champion(call: Ask, cast: list[Store]) -> None:
    store = cast[0]
    store.client.set_model_version_tag("churn", str(NUMBER["better"]), "rolled_back", "yes")
    why = "without a champion anything is promoted: also what was never measured, or taken back."
    for name in ("NaN", "better", "never validated"):
        promoted(store, challenge(call, name), why)
    first = NUMBER["the worst there is"]
    why = "inference asks for the champion, and there is none."
    promoted(store, challenge(call, "the worst there is"), why, champion=first)
    why = "the champion was imported, or never measured: it has no val_auc, and nothing beats it."
    for name in ("imported, of no run", "never validated", "NaN"):
        store.point(champion=NUMBER[name])
        run = challenge(call, "the worst there is")
        promoted(store, run, why, champion=first, previous=NUMBER[name])


def test_better_version_takes_over(call: Ask, cast: list[Store]) -> None:
    store, other = cast
    better, best = NUMBER["just better"], NUMBER["better"]
    for one in cast:
        one.point(champion=2, shadow=1)
    why = "the better model is never used, or nobody knows tomorrow what to go back to."
    promoted(store, challenge(call, "just better"), why, champion=better, previous=2)
    why = "the retried job makes the champion its own predecessor: nothing to go back to."
    promoted(store, challenge(call, "just better"), why, champion=better, previous=2)
    why = "two registries are served by one process, and one is told what belongs to the other."
    promoted(other, challenge(call, "better", on=other), why, champion=best, previous=2)
    why = "whoever goes back in May goes back to the champion of March."
    promoted(store, challenge(call, "better"), why, champion=best, previous=better)
    store.point(champion=2, previous=best)
    why = "the former champion is better, and does not come back by itself."
    promoted(store, challenge(call, "better"), why, champion=best, previous=2)


@pytest.mark.parametrize("champion", ["champion", "the worst there is"])
def test_champion_stays_unless_beaten(call: Ask, cast: list[Store], champion: str) -> None:
    store, aliases = cast[0], {"champion": NUMBER[champion], "previous": 1}
    store.point(**aliases, shadow=1)
    why = (
        "the alias says 'newest', not 'best'. Customers get a worse model, or another for nothing."
    )
    challengers = {
        "champion": ("former champion", "equal", "just worse", "NaN", "never validated"),
        "the worst there is": ("as bad", "NaN"),
    }
    for name in challengers[champion]:
        promoted(store, challenge(call, name), why, **aliases)
    store.client.delete_run(
        store.client.get_model_version("churn", str(aliases["champion"])).run_id
    )
    why = "old runs are cleaned up on Sunday, the champion's too. From then on anything beats it."
    promoted(store, challenge(call, challengers[champion][0]), why, **aliases)
    run = challenge(call, "imported, of no run", may_raise=True)
    promoted(store, run._replace(value=aliases["champion"], error=None), why, **aliases)


def test_version_taken_back_is_out_of_the_race(call: Ask, cast: list[Store]) -> None:
    store, number = cast[0], NUMBER["better"]
    store.point(champion=2)
    for value in ("yes", "", "false", "0"):
        store.client.set_model_version_tag("churn", str(number), "rolled_back", value)
        why = f"version {number} has the tag 'rolled_back', {value!r}. Taken back at noon, it is"
        promoted(store, challenge(call, "better"), f"{why} champion at night.", champion=2)
    why = f"version {number} has the tag 'rolled_back'. Its metric was wrong, and bars the way."
    better = NUMBER["just better"]
    promoted(store, challenge(call, "just better"), why, champion=better, previous=2)


def test_no_answer_is_not_no_champion(
    call: Ask, cast: list[Store], when_busy: Ask, when_half_done: Any, mlflow_refuses: Any
) -> None:
    store, better = cast[0], NUMBER["better"]
    store.point(champion=2, previous=1)
    aliases = store.aliases
    why = (
        "for a second the registry does not answer, which is taken for 'there is no champion', or"
        " for 'has no metric'. Tonight's worse model is the champion, or the better one waits."
    )

    def stays(run: Call) -> bool:
        return store.aliases == aliases and (run.error is not None or run.value == 2)

    when_busy(stays, "the champion is 2 as before", why, "promote_if_better", 1)
    for number in (1, 2):
        with mlflow_refuses(number, "get_run", is_lost=True) as refused:
            run = call("promote_if_better", 1, may_raise=True)
        assert not refused or stays(run), told(
            f"{run.said} When it had asked for a run, the answer was a 404 of the proxy before the"
            f" registry (ENDPOINT_NOT_FOUND). Now: {after(store)}.",
            "Expected: the error, and nothing has changed; or the champion is 2 as before. A run"
            " that is gone is RESOURCE_DOES_NOT_EXIST.",
            f"In production: {why}",
        )

    def moves(run: Call) -> bool:
        moved = {"champion": better, "previous": 2}
        now = (store.aliases, run.value)
        return stays(run) if run.error is not None else now == (moved, better)

    when_busy(moves, f"the champion is {better}", why, "promote_if_better", better)

    def begin() -> None:
        store.point(champion=2, previous=1)

    done = f"{KEPT} [], aliases { ({'champion': better, 'previous': 2}) }"
    why = "for a second the registry refuses a change, and whoever goes back goes back too far."
    when_half_done(begin, done, better, why, "promote_if_better", better)


# Task 3: inference asks the registry


@pytest.fixture
def rows(draw: Any) -> pd.DataFrame:
    """Draw the customers to score."""
    return rows_of(draw, 5)


def rows_of(draw: Any, count: int, *also: str) -> pd.DataFrame:
    """Draw customers to score."""
    return draw.customers(count, also=also).frame()[COLUMNS]


def same_scores(seen: Any, shift: float, rows: pd.DataFrame) -> bool:
    """Say whether scores are those of the model that has this shift."""
    expected = make_model(shift).predict_proba(rows[COLUMNS])[:, 1]
    return np.shape(seen) == expected.shape and np.allclose(seen, expected, rtol=0, atol=1e-9)


def scored_by(store: Store, run: Call, version: int, shift: float, rows: pd.DataFrame) -> None:
    """Check which version scored, by its number and by its scores."""
    number, seen = run.value if isinstance(run.value, tuple) else (None, None)
    expected = make_model(shift).predict_proba(rows)[:, 1].tolist()
    assert number == version and same_scores(seen, shift, rows), told(
        f"{run.said} Versions: {shorten(str(store.numbers))}, aliases: {store.aliases}.",
        f"Expected: ({version}, {shorten(str(expected))}), the version and its probabilities.",
        "In production: customers are scored by a model that nobody has approved for it, or nobody"
        " can say by which.",
    )


def test_champion_scores_and_no_other(
    call: Ask, store: Store, rows: pd.DataFrame, draw: Any
) -> None:
    # Its run has a model that was logged again later, with another shift: nobody registered it.
    store.register(store.save_model(1.0), store.train("champion", train=0.8, val=0.8))
    store.register(store.save_model(2.0), store.train("newest", train=0.7, val=0.7))
    store.log_model(store.train("unregistered", train=0.99, val=0.95), shift=-2.0)
    store.point(champion=1)
    before = store.contents()

    def check(draw: Any) -> None:
        many = rows_of(draw, 0, "more than 1000 rows")
        scored_by(store, call("score_customers", many), 1, 1.0, many)

    draw.explain(check)
    # What nobody expects is the model's affair: it was asked about these customers.
    odd = rows.assign(tenure_months=[-3.0, 0.0, 1e6, NAN, 0.1], support_calls=[0, 9, 9, 0, 1e5])
    scored_by(store, call("score_customers", odd), 1, 1.0, odd)
    endless = rows.assign(monthly_charges=[math.inf, 60.0, -math.inf, 61.5, 62.0])
    run = call("score_customers", endless, may_raise=True)
    assert run.error is not None, told(
        f"{run.said} Two of the monthly charges were infinite: the model refuses them.",
        "Expected: its error. The model gets the customers as they are.",
        "In production: an export divides by zero, all that is infinite counts as blank, and nobody"
        " hears of it.",
    )
    run = call("score_customers", rows[COLUMNS[::-1]], may_raise=True)
    scores = run.value[1] if isinstance(run.value, tuple) else None
    assert run.error is not None or same_scores(scores, 1.0, rows), told(
        f"The columns were in another order: {COLUMNS[::-1]}. {run.said}",
        "Expected: the scores by the columns' names, or an error.",
        "In production: the export changes, charges are taken for months, and no run is red.",
    )
    touched = changed(before, store)
    assert not touched, told(
        f"{run.said} The store has changed in {', '.join(touched)}.",
        "Expected: it is as before, inference only reads.",
        "In production: inference runs 24 times a day. What it leaves among the training's runs is"
        " tomorrow's candidate.",
    )


def test_version_without_a_run_can_score(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    store.register(store.save_model(1.0), store.train("gone", train=0.8, val=0.8))
    store.gc(1)
    store.register(store.save_model(2.0))
    store.point(champion=1)
    for version, which in ((1, "champion"), (2, "latest")):
        run = call("score_customers", rows, which)
        assert run.error is None, told(
            run.said,
            "Of version 1 `mlflow gc` has removed the run; version 2 was imported from another"
            " registry, and never had one. Expected: scores.",
            "In production: runs are cleaned up, and with a run goes each address that begins with"
            " `runs:/`. A version of the registry stays.",
        )
        scored_by(store, run, version, float(version), rows)


@contextlib.contextmanager
def moving(store: Store, champion: int) -> Iterator[None]:
    """Have a colleague move the champion as soon as the registry has named it to somebody."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    asked = ("get_model_version_by_alias", "get_registered_model")
    with pytest.MonkeyPatch.context() as patch:
        for method in asked:
            real = getattr(SqlAlchemyStore, method)

            def answer(*given: Any, real: Any = real, **more: Any) -> Any:
                found = real(*given, **more)
                with store.open() as database, database:
                    database.execute(
                        "UPDATE registered_model_aliases SET version = ?"
                        " WHERE name = 'churn' AND alias = 'champion'",
                        (champion,),
                    )
                return found

            patch.setattr(SqlAlchemyStore, method, answer)
        yield


def test_new_champion_scores_at_once(
    call: Ask, store: Store, other: Store, rows: pd.DataFrame
) -> None:
    for version, shift in ((1, 0.0), (2, 2.0)):
        store.register(store.save_model(shift))
        store.point(champion=version)
        scored_by(store, call("score_customers", rows), version, shift, rows)
    # An alias may look like the number of a version, or like a stage.
    store.point(**{"previous": 1, "Shadow_EU": 1, "shadow_eu": 2, "2": 1, "Production": 1})
    for which in ("previous", "Shadow_EU", "2", "Production"):
        scored_by(store, call("score_customers", rows, which), 1, 0.0, rows)
    other.register(other.save_model(1.0))
    other.point(champion=1)
    scored_by(other, call("score_customers", rows, on=other), 1, 1.0, rows)
    store.point(champion=1)
    scored_by(store, call("score_customers", rows), 1, 0.0, rows)
    store.client.delete_registered_model("churn")
    store.register(store.save_model(3.0))
    store.point(champion=1)
    scored_by(store, call("score_customers", rows), 1, 3.0, rows)
    store.register(store.save_model(2.0))
    with moving(store, champion=2):
        run = call("score_customers", rows)
    number, scores = run.value if isinstance(run.value, tuple) else (None, None)
    assert same_scores(scores, {1: 3.0, 2: 2.0}.get(number, NAN), rows), told(
        f"The champion was 1. As soon as the registry had said so, it was moved to 2. {run.said}",
        "Expected: the scores of one version, and its number: the alias is asked once.",
        "In production: the scores lie under the version that did not make them, and whoever looks"
        " for the bad one takes back the good one.",
    )


def test_newest_version_can_be_rehearsed(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    store.register(store.save_model(0.0))
    store.crowd_of_versions(1)
    newest = store.register(store.save_model(2.0))
    with store.open() as database, database:  # old code still uses stages
        database.execute(
            f"UPDATE model_versions SET current_stage = 'Staging' WHERE version = {newest}"
        )
    store.client.delete_model_version("churn", "500")
    store.client.update_model_version("churn", "999", "looked at again")
    store.point(champion=3)
    scored_by(store, call("score_customers", rows, "latest"), newest, 2.0, rows)


def test_missing_champion_is_an_error(
    call: Ask, store: Store, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = call("score_customers", rows, "latest", may_raise=True)
    assert run.error is not None, told(
        f"{run.said} There is no version at all; other models have some.",
        "Expected: an error.",
        "In production: the model of another team scores, without a word.",
    )
    store.register(store.save_model(0.0))
    run = call("score_customers", rows, may_raise=True)
    assert run.error is not None, told(
        f"{run.said} The only version, 1, was registered and never promoted.",
        "Expected: an error. There is no champion, and nothing stands in for it.",
        "In production: somebody deletes an alias by mistake, and from that hour the model of a"
        " trial scores, without a word.",
    )
    store.point(champion=1)
    for which in ("previous", "shadow", "1", "None"):
        run = call("score_customers", rows, which, may_raise=True)
        assert run.error is not None, told(
            f"{run.said} The aliases are {store.aliases}.",
            f"Expected: an error. {which!r} was asked for, and the champion does not stand in for"
            " it.",
            "In production: somebody compares last week's model with today's, and finds no"
            " difference.",
        )
    store.point(previous=1, champion=store.register())
    run = call("score_customers", rows, may_raise=True)
    assert run.error is not None, told(
        f"{run.said} The champion, 2, has no model that can be loaded.",
        "Expected: an error. The previous one does not stand in for it.",
        "In production: nobody hears that the champion is gone, and a model that was replaced"
        " scores for weeks.",
    )

    stayed = store.models / "learnt from those who stayed"
    if not stayed.exists():
        model = make_pipeline(DummyClassifier().fit(rows, np.zeros(len(rows), int)))
        mlflow.sklearn.save_model(model, stayed, **OPTIONS)
    store.point(champion=store.register(str(stayed)))
    run = call("score_customers", rows, may_raise=True)
    scores = run.value[1] if isinstance(run.value, tuple) else None
    assert run.error is not None or scores == [0.0] * len(rows), told(
        f"{run.said} The champion has learnt from half a file, in which all had stayed: of the"
        " classes 0 and 1 it knows 0 only.",
        "Expected: an error, or a probability of 0 to leave, class 1, for each.",
        "In production: the last column is that of class 0. The campaign calls everybody.",
    )
    store.point(champion=1)
    scored_by(store, call("score_customers", rows), 1, 0.0, rows)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    run = call("score_customers", rows, may_raise=True)
    assert run.error is not None, told(
        f"{run.said} MLFLOW_ALLOW_PICKLE_DESERIALIZATION was false. A moment ago, it was not.",
        "Expected: an error, as MLflow loads no model of these formats then.",
        "In production: after an incident somebody forbids what runs code while it is loaded, and"
        " inference goes on loading it.",
    )


def test_no_answer_is_not_no_alias(store: Store, when_busy: Ask, rows: pd.DataFrame) -> None:
    for shift in (0.0, 2.0):
        store.register(store.save_model(shift))
    store.point(champion=1)

    def check(run: Call) -> bool:
        return run.error is not None or (run.value[0] == 1 and same_scores(run.value[1], 0.0, rows))

    why = "for a second the registry does not answer, and for an hour another model scores."
    when_busy(check, "the champion, 1, scores", why, "score_customers", rows)


# Task 4: back in one call


@pytest.fixture
def bad_night(cast: list[Store]) -> Store:
    """Have 3 be champion, and 1 the one before; the others never were."""
    cast[0].point(champion=3, previous=1)
    cast[0].gc(1, 3)  # whoever goes back does not need the runs
    return cast[0]


# No version goes: whatever happens, they are all there.
KEPT = f"versions {list(NUMBER.values())}, 'rolled_back'"


def back_to(store: Store, run: Call, version: int, marked: list[int], why: str) -> None:
    """Check who is champion after going back, and who has the tag."""
    expected = f"{KEPT} {marked}, aliases { ({'champion': version}) }"
    assert run.value == version and after(store) == expected, told(
        f"{run.said} Now: {after(store)}.",
        f"Expected: {version}, and {expected}.",
        f"In production: {why}",
    )


def test_previous_champion_is_back(call: Ask, bad_night: Store) -> None:
    why = "it is 3 a.m., and what comes back never was champion, or nothing does."
    back_to(bad_night, call("roll_back"), 1, [3], why)
    bad_night.client.delete_registered_model_alias("churn", "champion")
    bad_night.point(previous=2)
    why = (
        "a colleague has deleted the bad version, and its alias has gone with it. Now nobody"
        " scores, and the way back fails as well; or a version is marked that nobody took back."
    )
    back_to(bad_night, call("roll_back"), 2, [3], why)
    bad_night.point(previous=2)
    why = "a call that had died before its end is made again, and now the good version is marked."
    back_to(bad_night, call("roll_back"), 2, [3], why)


def test_version_taken_back_is_marked_and_kept(call: Ask, bad_night: Store) -> None:
    bad_night.point(shadow=1)
    run = call("roll_back")
    expected = f"{KEPT} [3]"
    assert after(bad_night).startswith(expected), told(
        f"{run.said} Now: {after(bad_night)}. Expected: {expected}.",
        "In production: without the tag the nightly job promotes it again, it still has the best"
        " metric. Without the version nobody finds out what was wrong with it.",
    )
    assert bad_night.aliases.get("shadow") == 1, told(
        f"{run.said} Now: {after(bad_night)}. Expected: the alias 'shadow' is on 1 as before.",
        "In production: a trial that has nothing to do with this night loses its model.",
    )


def test_second_call_does_not_bring_it_back(call: Ask, bad_night: Store, other: Store) -> None:
    other.point(champion=2, previous=1)
    first, elsewhere = call("roll_back"), call("roll_back", on=other)
    second = call("roll_back", may_raise=True)
    expected = f"{KEPT} [3], aliases { ({'champion': 1}) }"
    assert second.error is not None and after(bad_night) == expected, told(
        f"First {first.said} Then {second.said} Now: {after(bad_night)}.",
        f"Expected: the second call raises, and it is still {expected}.",
        "In production: two colleagues are called at 3 a.m., both roll back, and the second one"
        " brings the bad model back, or has the good one marked.",
    )
    assert elsewhere.value == 1 and other.aliases == {"champion": 1}, told(
        f"First {first.said} Then {elsewhere.said} The aliases there are {other.aliases}.",
        "Expected: 1, and {'champion': 1}.",
        "In production: two registries are served by one process, and one stays as it was.",
    )


def test_nothing_to_go_back_to_is_an_error(call: Ask, bad_night: Store) -> None:
    for alias, left in (("previous", "{'champion': 3}"), ("champion", "{}")):
        bad_night.client.delete_registered_model_alias("churn", alias)
        run = call("roll_back", may_raise=True)
        expected = f"{KEPT} [], aliases {left}"
        assert run.error is not None and after(bad_night) == expected, told(
            f"{run.said} Now: {after(bad_night)}.",
            f"There was no alias 'previous'. Expected: an error, and as before {expected}.",
            "In production: whoever is on call believes that it is over, and it is not.",
        )


def test_no_answer_is_not_half_a_way_back(
    bad_night: Store, when_busy: Ask, when_half_done: Any
) -> None:
    before = after(bad_night)
    back = f"{KEPT} [3], aliases { ({'champion': 1}) }"

    def check(run: Call) -> bool:
        expected = (before, None) if run.error is not None else (back, 1)
        return (after(bad_night), run.value) == expected

    why = "the bad version goes, unmarked, and the nightly job promotes it again."
    when_busy(check, f"it is {back}", why, "roll_back")

    def begin() -> None:
        bad_night.point(champion=3, previous=1)
        with contextlib.suppress(MlflowException):
            bad_night.client.delete_model_version_tag("churn", "3", "rolled_back")

    why = "for a second the registry refuses a change; and the bad version, unmarked, is back."
    when_half_done(begin, back, 1, why, "roll_back")
