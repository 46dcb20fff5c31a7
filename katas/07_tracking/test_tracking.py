"""What MLflow has stored after your three functions: runs, their values and parents, models."""

import shutil
import sqlite3
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import pandas as pd
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss

FEATURES = ["tenure_months", "monthly_charges", "support_calls"]
REQUIREMENTS = {f"scikit-learn=={sklearn.__version__}", f"pandas=={pd.__version__}"}
EXPERIMENT, ORCHESTRATOR = "churn", "kata-runner"
DEEP = {"n_estimators": 6, "max_depth": 12}
REFUSED = {"n_estimators": 6, "max_depth": 0}
CANDIDATES = {f"depth {depth}": {"n_estimators": 4, "max_depth": depth} for depth in range(1, 6)}
# More than the threads of an executor that is not told how many (four and the cores, of two).
EIGHT = {f"depth {depth}": {"n_estimators": 2, "max_depth": depth} for depth in range(1, 9)}
PARENT = "mlflow.parentRunId"
SLIPS = (NotImplementedError, NameError, AttributeError, TypeError)
CLOSE = 1e-6


class Seen(NamedTuple):
    """One call of a solution's function, and how it ended."""

    call: str
    ending: str
    value: Any
    error: Exception | None


class World:
    """The store, a working directory that is not the store, and calls with the one in the other."""

    def __init__(
        self,
        solution: Any,
        uri: str,
        folder: Path,
        worker: Path,
        customers: pd.DataFrame,
        guesses: list[str],
    ) -> None:
        """Look at a store."""
        self.uri, self.folder, self.customers, self.guesses = uri, folder, customers, guesses
        self.worker = worker
        self.client = mlflow.MlflowClient(tracking_uri=uri)
        self._solution = solution

    def train(
        self, name: str, what: dict, experiment: str = EXPERIMENT, tool: str = ORCHESTRATOR
    ) -> Seen:
        """Call a function of the solution on the store."""
        value, error = None, None
        try:
            function = getattr(self._solution, name)
            value = function(self.customers, what, str(self.folder), experiment, tool)
            ending = f"returned {shorten(repr(value))}."
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            if isinstance(caught, SLIPS) and not isinstance(caught, ValueError):
                raise  # not the store's doing: the learner wants the line it came from
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        said = f"{name}(customers, {shorten(repr(what))}, store, {experiment!r}, {tool!r})"
        return Seen(said, ending, value, error)

    @property
    def runs(self) -> list[Any]:
        """Read all runs of the store, the oldest first."""
        experiments = [one.experiment_id for one in self.client.search_experiments()]
        return self.client.search_runs(experiments, order_by=["attributes.start_time ASC"])

    @property
    def strays(self) -> int:
        """Count the runs that went to the working directory."""
        with closing(sqlite3.connect(self.worker / "mlflow.db")) as database:
            return int(database.execute("SELECT COUNT(*) FROM runs").fetchone()[0])

    @property
    def found(self) -> str:
        """Say which runs there are, and where."""
        names = {run.info.run_id: run.info.run_name for run in self.runs}
        said = []
        for run in self.runs:
            parent = run.data.tags.get(PARENT)
            whose = f"child of {names.get(parent, parent)}" if parent else "no parent"
            where = self.client.get_experiment(run.info.experiment_id).name
            said.append(f"{run.info.run_name!r} ({run.info.status}, {whose}, in {where!r})")
        strays = f"; in the working directory's own mlflow.db: {self.strays}" if self.strays else ""
        return f"Runs in the store: {', '.join(said) or 'none'}{strays}."


@pytest.fixture
def world(
    solution: Any,
    mlflow_store: str,
    tmp_path: Path,
    customers: pd.DataFrame,
    guesses: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """Put the work into a folder that has a store of its own, as workers often do."""
    store, worker = tmp_path / "store", tmp_path / "worker"
    for folder in (store, worker):
        folder.mkdir()
        shutil.copy(tmp_path / "mlflow.db", folder)
        with closing(sqlite3.connect(folder / "mlflow.db")) as database, database:
            place = (folder / "artifacts" / "0").as_uri()  # the default experiment's
            database.execute("UPDATE experiments SET artifact_location = ?", (place,))
    monkeypatch.chdir(worker)
    return World(solution, f"sqlite:///{store}/mlflow.db", store, worker, customers, guesses)


class Work:
    """The moment when a forest is fitted: what the store says then; somebody may press Ctrl-C."""

    def __init__(self, world: World) -> None:
        """Look at nothing yet."""
        self.seen: list[str] = []
        self.interrupt = False
        self._world, self._first = world, threading.Lock()

    def look(self) -> None:
        """Read the runs' statuses once, in the first training; the others wait for it."""
        with self._first:
            self.seen = self.seen or [run.info.status for run in self._world.runs] or ["none"]
        if self.interrupt:
            self.interrupt = False
            raise KeyboardInterrupt


@pytest.fixture
def work(world: World, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Look at the store while a forest is fitted."""
    work, fit = Work(world), RandomForestClassifier.fit

    def watched(forest: Any, *given: Any, **more: Any) -> Any:
        work.look()
        return fit(forest, *given, **more)

    monkeypatch.setattr(RandomForestClassifier, "fit", watched)
    return work


@pytest.fixture(scope="module")
def guesses() -> Iterator[list[str]]:
    """Stop the process that finds out what a model imports (ten seconds), and remember it."""
    stopped: list[str] = []
    watching = [True]

    def hear(event: str, details: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and watching and "_capture_modules" in str(details[1]):
            stopped.append(event)
            raise RuntimeError("this test wants no requirements guessed")

    sys.addaudithook(hear)
    yield stopped
    watching.clear()  # an audit hook cannot be taken away


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def expected_metrics(customers: pd.DataFrame, params: dict) -> dict[str, float]:
    """Train what was asked, and measure it on the held-out customers."""
    rest = pd.Series(range(len(customers)), index=customers.index) % 4
    rows, held_out = customers[rest != 0], customers[rest == 0]
    model = RandomForestClassifier(random_state=0, **params).fit(rows[FEATURES], rows["churned"])
    probabilities = model.predict_proba(held_out[FEATURES])[:, 1]
    return {
        "val_accuracy": float(accuracy_score(held_out["churned"], probabilities > 0.5)),
        "val_log_loss": float(log_loss(held_out["churned"], probabilities, labels=[0, 1])),
    }


def run_of(world: World, seen: Seen) -> Any:
    """Check that a call returned the id of a run of the store; give the run."""
    found = [run for run in world.runs if run.info.run_id == seen.value]
    assert seen.error is None and found, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: the id of one of the store's runs.",
        "In production: a model is in use, and nobody finds the run that made it.",
    )
    return found[0]


def only_run(world: World, seen: Seen) -> Any:
    """Check that a call made one run in the store, a Finished one; give it."""
    statuses = [run.info.status for run in world.runs]
    assert seen.error is None and statuses == ["FINISHED"], told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: one run, FINISHED.",
        "In production: what belongs together lies in several runs, or in one that never ends.",
    )
    return world.runs[0]


def has_params(world: World, run: Any, params: dict, seen: Seen, tool: str = ORCHESTRATOR) -> None:
    """Check what a run tells about what was asked; the store keeps everything as text."""
    expected = {**params, "orchestrator": tool}
    stored = {**run.data.tags, **run.data.params}
    wrong = {name: stored.get(name) for name in expected if stored.get(name) != str(expected[name])}
    assert not wrong, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} In {run.info.run_name!r}, not as asked: {wrong}."
        f" Expected: {expected}, from the arguments of the call.",
        "In production: the model that refused 2,000 good customers cannot be trained again: nobody"
        " knows with which settings it was made, nor which tool's schedule to stop.",
    )


def has_metrics(world: World, run: Any, params: dict, seen: Seen) -> None:
    """Check that a run's metrics are those of the held-out customers."""
    expected = expected_metrics(world.customers, params)
    stored = {name: run.data.metrics.get(name) for name in expected}
    right = all(
        stored[name] is not None and abs(stored[name] - expected[name]) < CLOSE for name in expected
    )
    assert right, told(
        f"{seen.call} {seen.ending}",
        f"{run.info.run_name!r} has {stored}. Expected: {expected}, on the held-out customers.",
        "In production: measured on the rows it has learnt by heart, the most overfitted forest of"
        " all is the best of the list, and goes to the customers.",
    )


# Task 1: one training, one run


@pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])
def test_run_is_in_the_asked_experiment(world: World, exists: bool) -> None:
    if exists:
        world.client.create_experiment(EXPERIMENT)
    seen = world.train("track_training", DEEP)
    run = run_of(world, seen)
    experiment = world.client.get_experiment(run.info.experiment_id).name
    assert experiment == EXPERIMENT and only_run(world, seen) is not None, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: one run, in {EXPERIMENT!r}.",
        "In production: everybody's runs lie together in 'Default', and a search finds the wrong"
        " team's best model.",
    )


def test_working_directory_gets_nothing(world: World) -> None:
    seen = world.train("track_training", DEEP)
    others = sorted(path.name for path in world.worker.iterdir() if path.name != "mlflow.db")
    assert seen.error is None and world.strays == 0 and not others, told(
        f"{seen.call} {seen.ending}",
        f"Runs in the mlflow.db of the working directory: {world.strays}. Other files there:"
        f" {', '.join(others) or 'none'}. {world.found} Expected: all of it in the store.",
        "In production: the working directory is a container's. It goes with it, at 4:00.",
    )


def test_run_tells_parameters_and_orchestrator(world: World) -> None:
    seen = world.train("track_training", DEEP)
    has_params(world, run_of(world, seen), DEEP, seen)


def test_metrics_are_of_held_out_customers(world: World) -> None:
    seen = world.train("track_training", DEEP)
    has_metrics(world, run_of(world, seen), DEEP, seen)


def test_failed_training_is_a_failed_run(world: World, work: Work) -> None:
    seen = world.train("track_training", REFUSED)
    assert isinstance(seen.error, ValueError) and "max_depth" in str(seen.error), told(
        f"{seen.call} {seen.ending}",
        "Expected: the forest's own ValueError, which names max_depth.",
        "In production: the orchestrator sees no error, retries nothing and alerts nobody.",
    )
    statuses = [run.info.status for run in world.runs]
    assert statuses == ["FAILED"], told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: one run, FAILED.",
        "In production: 40 runs 'in progress' since March; which of them is tonight's? And in the"
        " same process, the next start_run refuses to start: a run is already active.",
    )
    has_params(world, world.runs[0], REFUSED, seen)
    assert work.seen == ["RUNNING"], told(
        f"{seen.call} {seen.ending}",
        f"Runs in the store while the forest was fitted: {', '.join(work.seen)}. Expected: one,"
        " RUNNING.",
        "In production: a training that is killed, with its machine, leaves no trace: its run was"
        " to be made when all was over.",
    )
    work.interrupt, ending = True, "returned"
    try:
        world.train("track_training", DEEP)
    except KeyboardInterrupt:
        ending = "let the KeyboardInterrupt out"
    statuses = [run.info.status for run in world.runs]
    assert statuses == ["FAILED"] * 2 and ending != "returned", told(
        f"track_training, when somebody presses Ctrl-C during the fit, {ending}.",
        f"{world.found} Expected: the KeyboardInterrupt comes out, and both runs are FAILED.",
        "In production: a job that is stopped counts as 'in progress'; and when its process ends,"
        " MLflow ends the run that was left open: as Finished.",
    )


def test_each_training_has_a_run_of_its_own(world: World) -> None:
    asked = [REFUSED, DEEP, {"n_estimators": 3, "min_samples_leaf": 2}]
    where = [(EXPERIMENT, ORCHESTRATOR)] * 2 + [("another experiment", "another tool")]
    several = [
        world.train("track_training", params, *one)
        for params, one in zip(asked, where, strict=True)
    ]
    assert len(world.runs) == len(asked), told(
        "track_training, called three times: " + " Then it ".join(one.ending for one in several),
        f"{world.found} Expected: three runs.",
        "In production: the second night writes into the run of the first.",
    )
    for params, seen, (experiment, tool) in list(zip(asked, several, where, strict=True))[1:]:
        run = run_of(world, seen)
        has_params(world, run, params, seen, tool)
        found = world.client.get_experiment(run.info.experiment_id).name
        assert found == experiment, told(
            f"{seen.call} {seen.ending}",
            f"The run is in {found!r}. Expected: {experiment!r}, from the arguments of the call.",
            "In production: the trial of a colleague lies among the runs of the nightly job.",
        )


# Task 2: the model, in the same run


def make_model(world: World) -> Seen:
    """Call track_model, then forget all but the store: the model is for another process."""
    seen = world.train("track_model", DEEP)
    mlflow.set_tracking_uri(world.uri)
    return seen


def load(world: World, seen: Seen, what: Callable[[str], Any]) -> Any:
    """Do something with the address that track_model returned."""
    problem = "nothing was returned to load"
    if seen.error is None and isinstance(seen.value, str):
        try:
            return what(seen.value)
        except Exception as caught:  # whatever is wrong with the model is told below
            problem = f"{type(caught).__name__}: {shorten(str(caught))}"
    return pytest.fail(
        told(
            f"{seen.call} {seen.ending}",
            f"Loading the model, and giving it customers: {problem}. Expected: the address of a"
            " model that loads.",
            "In production: the training was green, and there is no model tonight.",
        ),
        pytrace=False,
    )


def test_model_belongs_to_its_run(world: World) -> None:
    model = make_model(world)
    info = load(world, model, mlflow.models.get_model_info)
    run = only_run(world, model)
    has_params(world, run, DEEP, model)
    has_metrics(world, run, DEEP, model)
    assert info.run_id == run.info.run_id, told(
        f"{model.call} {model.ending}",
        f"{world.found} The model says that it was made in the run {info.run_id!r}, expected"
        f" {run.info.run_id!r}.",
        "In production: somebody asks which data and which settings made the model that is in use."
        " The model does not know, and its metrics lie elsewhere.",
    )
    failed = world.train("track_model", REFUSED)
    statuses = [one.info.status for one in world.runs if one.info.run_id != run.info.run_id]
    assert isinstance(failed.error, ValueError) and statuses == ["FAILED"], told(
        f"{failed.call} {failed.ending}",
        f"{world.found} Expected: the forest's own ValueError, and a second run, FAILED.",
        "In production: there is no model tonight, and whoever called takes the answer for one.",
    )


def test_loaded_model_is_the_measured_one(world: World) -> None:
    model = make_model(world)
    held_out = world.customers.iloc[::4]
    rows = held_out[FEATURES].astype(float)
    predicted = load(world, model, lambda uri: mlflow.pyfunc.load_model(uri).predict(rows))
    accuracy = float(accuracy_score(held_out["churned"], predicted))
    expected = expected_metrics(world.customers, DEEP)["val_accuracy"]
    assert abs(accuracy - expected) < CLOSE, told(
        f"{model.call} {model.ending}",
        f"The loaded model's accuracy on the held-out customers: {accuracy:.3f}; expected, for the"
        f" forest that was asked for: {expected:.3f}.",
        "In production: one model is measured and approved, another one is loaded.",
    )


def test_signature_survives_a_blank(world: World) -> None:
    model = make_model(world)
    signature = load(world, model, mlflow.models.get_model_info).signature
    inputs = signature.inputs.to_dict() if signature and signature.inputs else []
    types = {column.get("name"): column.get("type") for column in inputs}
    assert types == dict.fromkeys(FEATURES, "double") and signature.outputs, told(
        f"{model.call} {model.ending}",
        f"The model's signature: {shorten(str(signature))} Expected: what it predicts, and"
        f" {FEATURES}, each as double.",
        "In production: whole numbers become floats the night one of them is blank. A signature of"
        " long refuses that file; no signature accepts any file, and nobody knows what it wants.",
    )
    tonight = world.customers[[*reversed(FEATURES), "contract"]].astype({"support_calls": float})
    tonight.loc[::10, "support_calls"] = float("nan")
    tonight[FEATURES] = tonight[FEATURES].astype(float)
    predicted = load(world, model, lambda uri: mlflow.pyfunc.load_model(uri).predict(tonight))
    assert len(predicted) == len(tonight), told(
        f"{model.call}: the loaded model scored {len(predicted)} of {len(tonight)} customers.",
        "In production: a score reaches the wrong customer.",
    )


def test_requirements_are_told_not_guessed(world: World) -> None:
    world.guesses.clear()
    model = make_model(world)
    path = load(world, model, mlflow.pyfunc.get_model_dependencies)
    lines = {line for line in Path(path).read_text().split() if not line.startswith("mlflow==")}
    started = " It started a Python to find out what the model imports." if world.guesses else ""
    assert lines == REQUIREMENTS and not world.guesses, told(
        f"{model.call} {model.ending}{started}",
        f"Requirements of the model, besides mlflow: {sorted(lines)}. Expected:"
        f" {sorted(REQUIREMENTS)}, and no process started.",
        "In production: ten seconds for every model that is logged, in a process that loads it; and"
        " the list depends on what happened to be imported.",
    )


def test_model_lies_beside_the_database(world: World) -> None:
    model = make_model(world)
    load(world, model, mlflow.models.get_model_info)
    here = sorted(str(path.relative_to(world.worker)) for path in world.worker.rglob("MLmodel"))
    there = sorted(path.name for path in (world.folder / "artifacts").rglob("MLmodel"))
    assert there and not here, told(
        f"{model.call} {model.ending}",
        f"Models in the folder 'artifacts' of the store: {len(there)}. In the working directory:"
        f" {here or 'none'}. Expected: one in the store.",
        "In production: the database remembers a path in a container that is gone. All runs are"
        " there, and none of their models. A database has no room for models: an experiment keeps"
        " its own place for them, chosen when it is made.",
    )


# Task 3: five candidates, one comparison


def children_of(world: World, parent: Any) -> dict[str, Any]:
    """Find the child runs of a run, by name."""
    runs = [run for run in world.runs if run.data.tags.get(PARENT) == parent.info.run_id]
    return {run.info.run_name: run for run in runs}


def test_candidates_are_children_of_one_run(world: World) -> None:
    seen = world.train("compare_candidates", CANDIDATES)
    parent = run_of(world, seen)
    has_params(world, parent, {}, seen)
    statuses = {run.info.status for run in world.runs}
    children = children_of(world, parent)
    whole = len(world.runs) == 1 + len(CANDIDATES) and statuses == {"FINISHED"}
    assert whole and children.keys() == CANDIDATES.keys(), told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: the parent and {len(CANDIDATES)} children named"
        f" {list(CANDIDATES)}, all FINISHED, and no other run.",
        "In production: values without a home. MLflow keeps the active run for each thread. Another"
        " thread knows of no parent; and one that has no run makes a run of its own at the first"
        " value, which nobody ever ends.",
    )
    for name, params in CANDIDATES.items():
        has_params(world, children[name], params, seen)
        has_metrics(world, children[name], params, seen)


def test_candidates_are_trained_at_once(world: World, work: Work, overlap: Any) -> None:
    overlap.hold_until(len(EIGHT))
    seen = world.train("compare_candidates", EIGHT)
    threads = {training.thread for training in overlap.trainings}
    assert overlap.peak == len(EIGHT) == len(threads), told(
        f"{seen.call} {seen.ending}",
        f"Every training was held until {len(EIGHT)} run at once. At most {overlap.peak} did;"
        f" threads seen: {len(threads)}.",
        "In production: eight candidates of twenty minutes are not ready at 5:00, when the scores"
        " are due.",
    )
    assert work.seen == ["RUNNING"] * (1 + len(EIGHT)), told(
        f"{seen.call} {seen.ending}",
        f"Runs in the store while all were trained: {', '.join(work.seen)}. Expected: the parent"
        f" and {len(EIGHT)} children, all RUNNING.",
        "In production: runs that are written afterwards all took a second, and a night that was"
        " killed at 4:00 has left none.",
    )


def test_failed_candidate_is_a_failed_child(world: World) -> None:
    bad = {"refused": REFUSED, "misspelt": {"max_dept": 3}}
    asked = {**bad, **{name: CANDIDATES[name] for name in list(CANDIDATES)[:2]}}
    seen = world.train("compare_candidates", asked)
    parent = run_of(world, seen)
    children = children_of(world, parent)
    statuses = {name: run.info.status for name, run in children.items()}
    expected = {name: "FAILED" if name in bad else "FINISHED" for name in asked}
    whole = len(world.runs) == 1 + len(asked) and parent.info.status == "FINISHED"
    assert whole and statuses == expected, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: the parent FINISHED, {list(bad)} FAILED, the others FINISHED.",
        "In production: a green run that has no metrics, or good candidates thrown away for bad"
        " ones.",
    )
    for name, params in bad.items():
        has_params(world, children[name], params, seen)


def test_comparison_fails_when_all_fail(world: World) -> None:
    seen = world.train("compare_candidates", {"one": REFUSED, "two": REFUSED})
    statuses = [run.info.status for run in world.runs]
    assert seen.error is not None and statuses == ["FAILED"] * 3, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: an exception, and three runs, all FAILED.",
        "In production: no model at all tonight, and the comparison is green.",
    )
