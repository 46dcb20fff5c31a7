"""What MLflow has stored after your three functions: runs, their values and parents, models."""

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import mlflow
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss

FEATURES = ["tenure_months", "monthly_charges", "support_calls"]
REQUIREMENTS = {f"scikit-learn=={sklearn.__version__}", f"pandas=={pd.__version__}"}
# A parameter may be any text; a name of a model, a folder, a part of a filter may not.
EXPERIMENT, ORCHESTRATOR = "churn", 'l\'outil «été» 3.1: a/b, 100% "4"'
# Whole numbers as such: whoever makes them floats in place changes them.
WHOLE = ("blanks", "whole numbers that came as floats")
# Names that MLflow tells apart, and that a filter made of text does not.
ALIKE = ("churn d'été", "CHURN D'ÉTÉ")
DEEP = {"n_estimators": 6, "max_depth": 12}
REFUSED = {"n_estimators": 6, "max_depth": 0}
# As long a text as MLflow keeps: labels that no customer has may have a weight as well.
WEIGHTS = {label: 1.0 for label in range(600)}
# Settings that count as false, or as nothing, are settings all the same; so is the last digit.
ODD = {
    "n_estimators": 3,
    "max_depth": None,
    "bootstrap": False,
    "min_impurity_decrease": 0.0,
    "max_features": 0.1 + 0.2,
    "ccp_alpha": 1.25e-6,
    "class_weight": WEIGHTS,
}
# A name that neither a store takes nor a forest.
MISNAMED = {"n_estimators": 5, "max_depth?": 3}
# The slow one has candidates before and behind it.
SLOW, SLOW_TREES = "depth 3", 9
CANDIDATES = {f"depth {depth}": {"n_estimators": 4, "max_depth": depth} for depth in range(1, 6)}
CANDIDATES[SLOW]["n_estimators"] = SLOW_TREES
# More than an executor has threads that is not told how many, on two processors.
MANY = 17
# So many that whoever sets a limit has set it below.
CROWD = 101
PARENT = "mlflow.parentRunId"
SLIPS = (NotImplementedError, NameError, AttributeError, TypeError)
CLOSE = 1e-6


class Seen(NamedTuple):
    """One call of a solution's function, how it ended, and in which store."""

    call: str
    ending: str
    value: Any
    error: BaseException | None
    store: Path
    began_s: float
    ended_s: float


class World:
    """Two stores, a working directory that is neither, and calls with them in it."""

    def __init__(self, solution: Any, place: Path, customers: pd.DataFrame) -> None:
        """Look at the stores."""
        self.folder, self.other, self.worker = (place / name for name in PLACES)
        self.customers = customers
        self.solution = solution

    @property
    def client(self) -> mlflow.MlflowClient:
        """Talk to the first store."""
        return client_of(self.folder)

    def train(
        self,
        name: str,
        what: dict,
        experiment: str = EXPERIMENT,
        tool: str = ORCHESTRATOR,
        *,
        store: Path | None = None,
        customers: pd.DataFrame | None = None,
    ) -> Seen:
        """Call a function of the solution on a store."""
        store = self.folder if store is None else store
        rows = self.customers if customers is None else customers
        value, error, began_s = None, None, time.time()
        try:
            function = getattr(self.solution, name)
            value = function(rows, what, str(store), experiment, tool)
            ending = f"returned {shorten(repr(value))}."
        except (Exception, KeyboardInterrupt, SystemExit, Stopped) as caught:  # looked at below
            if isinstance(caught, SLIPS) and not isinstance(caught, ValueError):
                raise  # not the store's doing: the learner wants the line it came from
            error = caught
            text = f": {shorten(str(caught))}" if str(caught) else "."
            ending = f"raised {type(caught).__name__}{text}"
        where = "store" if store == self.folder else "another store"
        said = f"{name}(customers, {shorten(repr(what))}, {where}, {experiment!r}, {tool!r})"
        return Seen(said, ending, value, error, store, began_s, time.time())

    @property
    def runs(self) -> list[Any]:
        """Read all runs of the first store, the oldest first."""
        return runs_in(self.folder)

    @property
    def strays(self) -> list[str]:
        """Name what has got into the working directory."""
        with contextlib.closing(sqlite3.connect(self.worker / "mlflow.db")) as database:
            runs = int(database.execute("SELECT COUNT(*) FROM runs").fetchone()[0])
        others = sorted(one.name for one in self.worker.iterdir() if one.name != "mlflow.db")
        return [*([f"{runs} runs in its mlflow.db"] if runs else []), *others]

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
        strays = f"; in the working directory: {', '.join(self.strays)}" if self.strays else ""
        return f"Runs in the store: {shorten(', '.join(said)) or 'none'}{strays}."


# Of a folder's name, what is not quoted in an address is lost behind a "#".
PLACES = ("store à 4 h #2", "another store", "worker")


def uri_of(store: Path) -> str:
    """Return the address of a store."""
    return f"sqlite:///{store}/mlflow.db"


def client_of(store: Path) -> mlflow.MlflowClient:
    """Talk to a store, whatever the process's default is."""
    return mlflow.MlflowClient(uri_of(store), uri_of(store))


def runs_in(store: Path) -> list[Any]:
    """Read all runs of a store, the oldest first."""
    client = client_of(store)
    experiments = [one.experiment_id for one in client.search_experiments()]
    return client.search_runs(experiments, order_by=["attributes.start_time ASC"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Choose the folders of all tests once: MLflow is slow with each new address."""
    return tmp_path_factory.mktemp("tracking")


@pytest.fixture
def world(
    solution: Any, mlflow_store: str, place: Path, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Put the work into a folder that has a store of its own, as workers often do."""
    for folder in (place / name for name in PLACES):
        folder.mkdir(exist_ok=True)
        for left in (one for one in folder.iterdir() if one.name != "mlflow.db"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        empty(folder / "mlflow.db", mlflow_store)
    monkeypatch.chdir(place / "worker")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "IST-05:30")  # as in Kolkata
        time.tzset()
        yield World(solution, place, two_exports(draw, WHOLE))
    time.tzset()


def empty(target: Path, like: str) -> None:
    """Make a database as the empty one is, also if it is open; not if nobody has touched it."""
    if target.exists() and target.stat().st_mtime_ns == 0:
        return
    with (
        contextlib.closing(sqlite3.connect(like.removeprefix("sqlite:///"))) as template,
        contextlib.closing(sqlite3.connect(target)) as database,
    ):
        template.backup(database)
        place = (target.parent / "artifacts" / "0").as_uri()  # the default experiment's
        database.execute("UPDATE experiments SET artifact_location = ?", (place,))
        database.commit()
    os.utime(target, ns=(0, 0))


def two_exports(draw: Any, tame: Iterable[str] = ()) -> pd.DataFrame:
    """Draw customers from two files, one after the other: labels of rows are there twice."""
    rows = pd.concat([draw.customers(count, tame=tame).frame() for count in (90, 91)])
    # Nobody learns from it; whoever counts, sorts or hashes all of the columns meets it.
    return rows.assign(basket=[["box", place % 3] for place in range(len(rows))])


class Work:
    """The moments when a forest is fitted and measured: what the store says then."""

    def __init__(self, world: World) -> None:
        """Look at nothing yet."""
        self.seen: list[str] = []
        self.stored: list[dict[str, str]] = []
        self._world, self._first = world, threading.Lock()
        self.refusals: list[BaseException] = []
        self._ends: dict[tuple[str, int], BaseException | Callable[[], None]] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def end(self, moment: str, end: BaseException | Callable[[], None], trees: int = 6) -> None:
        """Have an error come up, once, while a forest of so many trees is fitted or measured.

        Or something else happen then, in the thread that trains it.
        """
        self._ends[moment, trees] = end

    def pass_by(self, moment: str, trees: int) -> None:
        """Read the runs once, in the first training; the others wait for it."""
        with self._first:
            if not self.seen:
                runs = self._world.runs
                self.seen = [run.info.status for run in runs] or ["none"]
                self.stored = [{**run.data.tags, **run.data.params} for run in runs]
                self.meanwhile()
        end = self._ends.pop((moment, trees), None)
        if isinstance(end, BaseException):
            raise end
        if end is not None:
            end()


@pytest.fixture
def work(world: World, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Look at the store while a forest is fitted."""
    work = Work(world)

    def watch(method: str, moment: str) -> None:
        real = getattr(RandomForestClassifier, method)

        def watched(forest: Any, *given: Any, **more: Any) -> Any:
            work.pass_by(moment, forest.n_estimators)
            try:
                return real(forest, *given, **more)
            except Exception as error:
                work.refusals.append(error)
                raise

        monkeypatch.setattr(RandomForestClassifier, method, watched)

    watch("fit", "fitted")
    watch("predict_proba", "measured")
    return work


@pytest.fixture(scope="module", autouse=True)
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
    return "\n".join(lines)


def expected_forest(customers: pd.DataFrame, params: dict) -> tuple[Any, pd.DataFrame]:
    """Train what was asked; give it, and the held-out customers: each fourth row."""
    place = np.arange(len(customers)) % 4
    rows = customers[place != 0]
    model = RandomForestClassifier(random_state=0, **params).fit(rows[FEATURES], rows["churned"])
    return model, customers[place == 0]


def expected_metrics(customers: pd.DataFrame, params: dict) -> dict[str, float]:
    """Train what was asked, and measure it on the held-out customers."""
    model, held_out = expected_forest(customers, params)
    probabilities = model.predict_proba(held_out[FEATURES])[:, 1]
    return {
        "val_accuracy": float(accuracy_score(held_out["churned"], probabilities > 0.5)),
        "val_log_loss": float(log_loss(held_out["churned"], probabilities, labels=[0, 1])),
    }


def run_of(world: World, seen: Seen) -> Any:
    """Check that a call returned the id of a run of its store; give the run."""
    found = [run for run in runs_in(seen.store) if run.info.run_id == seen.value]
    assert seen.error is None and found, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: the id of a run of the store that was named.",
        "In production: a model is in use, and nobody finds the run that made it.",
    )
    return found[0]


def in_time(world: World, seen: Seen, *runs: Any) -> None:
    """Check that runs began and ended during the call."""
    clock = [round((one - seen.began_s), 1) for one in (seen.began_s, seen.ended_s)]
    for run in runs:
        times = [run.info.start_time, run.info.end_time]
        told_s = [one and round(one / 1000 - seen.began_s, 1) for one in times]
        right = all(one is not None and -1 < one < clock[1] + 1 for one in told_s)
        assert right and told_s[0] <= told_s[1] + 0.1, told(
            f"{seen.call} {seen.ending}",
            f"{world.found} By the store, {run.info.run_name!r} began {told_s[0]} s and ended"
            f" {told_s[1]} s after the call had begun, which took {clock[1]} s. (The clocks"
            " here are those of Kolkata: at noon UTC it is 17:30.) Expected: both during the call.",
            "In production: the run of 12 March is found among those of the 11th, and trainings end"
            " before they begin.",
        )


def only_run(world: World, seen: Seen) -> Any:
    """Check that a call made one run in the store, a Finished one; give it."""
    runs = world.runs
    assert seen.error is None and [run.info.status for run in runs] == ["FINISHED"], told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: one run, FINISHED.",
        "In production: what belongs together lies in several runs, or in one that never ends.",
    )
    in_time(world, seen, *runs)
    return runs[0]


def is_in(seen: Seen, experiment: str, *runs: Any) -> None:
    """Check in which experiment runs are."""
    client = client_of(seen.store)
    names = {client.get_experiment(one).name for one in {run.info.experiment_id for run in runs}}
    assert names == {experiment}, told(
        f"{seen.call} {seen.ending}",
        f"In these experiments are its runs: {', '.join(map(repr, sorted(names)))}. Expected: in"
        f" {experiment!r}, from the arguments of the call.",
        "In production: the trial of a colleague lies among the runs of the nightly job, and a"
        " search finds the wrong team's best model.",
    )


def all_in_the_store(world: World, seen: Seen) -> None:
    """Check that a call left nothing in the working directory, now or for later."""
    assert seen.error is None and not world.strays, told(
        f"{seen.call} {seen.ending}",
        f"In the working directory: {', '.join(world.strays) or 'nothing'}. {world.found}"
        " Expected: all of it in the store.",
        "In production: the working directory is a container's. It goes with it, at 4:00.",
    )
    named = world.client.get_experiment_by_name(EXPERIMENT)
    place = unquote(named.artifact_location if named else "").removeprefix("file://")
    assert Path(place).is_relative_to(world.folder / "artifacts"), told(
        f"{seen.call} {seen.ending}",
        f"The artifacts of the new experiment {EXPERIMENT!r} go to {place or 'no place'}. Expected:"
        " the folder 'artifacts' of the store.",
        "In production: an experiment keeps the place that it was made with. Whoever logs a model"
        " in it next year logs it into a container.",
    )


def untold(stored: dict[str, str], params: dict, tool: str = ORCHESTRATOR) -> dict[str, str | None]:
    """Return what a run does not tell as asked; the store keeps everything as text."""
    expected = {**params, "orchestrator": tool}
    return {name: stored.get(name) for name in expected if stored.get(name) != str(expected[name])}


def has_params(world: World, run: Any, params: dict, seen: Seen, tool: str = ORCHESTRATOR) -> None:
    """Check what a run tells about what was asked."""
    odd = untold({**run.data.tags, **run.data.params}, params, tool)
    wrong, asked = shorten(str(odd)), shorten(str(params))
    cut = ", ".join(name for name, text in odd.items() if is_cut(text, params.get(name, tool)))
    assert not odd, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} In {run.info.run_name!r}, not as asked: {wrong}."
        f" Expected: {asked}, and {tool!r} as orchestrator, from the arguments of the call.",
        *[f"Cut off within its text: {cut}. MLflow itself keeps 6,000 characters."] * bool(cut),
        "In production: the model that refused 2,000 good customers cannot be trained again: nobody"
        " knows with which settings it was made, nor which tool's schedule to stop.",
    )


def is_cut(found: str | None, asked: object) -> bool:
    """Say whether a text is the beginning of what was asked for."""
    return bool(found) and str(asked).startswith(str(found))


def had_params(work: Work, seen: Seen, *asked: dict) -> None:
    """Check that the running trainings had told what was asked before they were fitted."""
    lacking = [one for one in asked if all(untold(stored, one) for stored in work.stored)]
    assert not lacking, told(
        f"{seen.call} {seen.ending}",
        f"While the first forest was fitted, no run had the parameters {lacking[:1]}."
        " Expected: what was asked is in the run before the work begins.",
        "In production: a training is killed with its machine. Its run is there, and nobody knows"
        " which settings were too much for the machine.",
    )


def has_metrics(world: World, run: Any, params: dict, seen: Seen, rows: Any = None) -> None:
    """Check that a run's metrics are those of the held-out customers."""
    expected = expected_metrics(world.customers if rows is None else rows, params)
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


def failed_run(world: World, work: Work, laws: Any, name: str) -> None:
    """Check that a training that fails leaves a Failed run, whatever ends it, and wherever."""
    world.solution = laws.load_optimized()  # what an `assert` finds is not found there
    seen = world.train(name, REFUSED)
    own = work.refusals[-1] if work.refusals else None
    same = own is not None and (type(own), str(own)) == (type(seen.error), str(seen.error))
    assert same and "max_depth" in str(seen.error), told(
        f"{seen.call} {seen.ending}",
        f"The forest had raised {type(own).__name__ if own else 'nothing: it was not fitted'}."
        " Expected: this error itself, which names max_depth; a ValueError of its own class.",
        "In production: the orchestrator sees no error, retries nothing and alerts nobody; or it"
        " sees another one, and what it does for this class of errors is not done.",
    )
    runs = world.runs
    assert [run.info.status for run in runs] == ["FAILED"], told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: one run, FAILED.",
        "In production: 40 runs 'in progress' since March; which of them is tonight's? And in the"
        " same process, the next start_run refuses to start: a run is already active.",
    )
    has_params(world, runs[0], REFUSED, seen)
    assert work.seen == ["RUNNING"], told(
        f"{seen.call} {seen.ending}",
        f"Runs in the store while the forest was fitted: {', '.join(work.seen)}. Expected: one,"
        " RUNNING.",
        "In production: a training that is killed, with its machine, leaves no trace: its run was"
        " to be made when all was over.",
    )
    had_params(work, seen, REFUSED)
    endings = (
        ("fitted", KeyboardInterrupt()),
        ("measured", SystemExit(3)),
        ("measured", MemoryError("too many trees")),
    )
    for number, (moment, error) in enumerate(endings, start=2):
        work.end(moment, error)
        seen = world.train(name, DEEP)
        runs, kind = world.runs, type(error).__name__
        statuses = [run.info.status for run in runs]
        assert statuses == ["FAILED"] * number and type(seen.error) is type(error), told(
            f"{seen.call}, when {kind} comes up while the forest is {moment}, {seen.ending}",
            f"{world.found} Expected: the {kind} comes out, and all {number} runs are FAILED.",
            "In production: a job that is stopped counts as 'in progress'; and when its process"
            " ends, MLflow ends the run that was left open: as Finished.",
        )
        has_params(world, runs[-1], DEEP, seen)
    seen = world.train(name, MISNAMED)
    none_is_open(world, seen, "MLflow takes no parameter of such a name.")
    known = {run.info.run_id for run in world.runs}
    seen = world.train(name, DEEP, customers=world.customers.drop(columns="support_calls"))
    new = [run for run in world.runs if run.info.run_id not in known]
    assert seen.error is not None and [run.info.status for run in new] == ["FAILED"], told(
        f"{seen.call} {seen.ending}",
        f"The customers had no column 'support_calls'. {world.found} Expected: an error, and one"
        " more run, FAILED.",
        "In production: what is looked at before the run is opened fails without a trace. The store"
        " knows of no training in the night when the file was broken.",
    )
    has_params(world, new[0], DEEP, seen)
    in_time(world, seen, new[0])


def none_is_open(world: World, seen: Seen, why: str) -> None:
    """Check that nothing in a store is as if it were still running."""
    still = [run.info.run_name for run in runs_in(seen.store) if run.info.status == "RUNNING"]
    assert not still, told(
        f"{seen.call} {seen.ending}",
        f"{why} {world.found} Expected: no run is RUNNING any more.",
        "In production: a run that nobody has ended counts as 'in progress' for ever; and in the"
        " same process, the next start_run may refuse to start: a run is already active.",
    )


# Task 1: one training, one run


@pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])
def test_run_is_in_the_asked_experiment(world: World, exists: bool) -> None:
    for name in (EXPERIMENT.upper(), *([EXPERIMENT] if exists else ())):
        world.client.create_experiment(name)
    seen = world.train("track_training", DEEP)
    is_in(seen, EXPERIMENT, run_of(world, seen))
    only_run(world, seen)


def test_working_directory_gets_nothing(world: World) -> None:
    all_in_the_store(world, world.train("track_training", DEEP))


def test_run_tells_parameters_and_orchestrator(world: World) -> None:
    tool = 'l\'outil «été» "4"'
    seen = world.train("track_training", ODD, tool=tool)
    has_params(world, run_of(world, seen), ODD, seen, tool)


def test_metrics_are_of_held_out_customers(world: World, draw: Any) -> None:
    def check(draw: Any) -> None:
        rows = two_exports(draw)
        seen = world.train("track_training", DEEP, customers=rows)
        has_metrics(world, run_of(world, seen), DEEP, seen, rows)

    draw.explain(check)


def test_failed_training_is_a_failed_run(world: World, work: Work, laws: Any) -> None:
    failed_run(world, work, laws, "track_training")


def ended(seen: Seen) -> str:
    """Say what was called, and how it ended."""
    return told(f"{seen.call} {seen.ending}")


class Turn(NamedTuple):
    """One of several calls: for which experiment, by which tool, and how it went."""

    experiment: str
    tool: str
    seen: Seen
    customers: pd.DataFrame


def in_turn(world: World, name: str, *asked: dict) -> list[Turn]:
    """Call with other stores, experiments, tools: whoever keeps the first ones is found out.

    Before the third call the first experiment is archived: its name is free again; and labels are
    corrected, in the same frame. In the other store the experiment has been there for long, with a
    place of its own, and with a colleague's run and model.
    """
    one, other = ALIKE
    place = (world.other / "models of last year").as_uri()
    elsewhere_id = client_of(world.other).create_experiment(one, artifact_location=place)
    log_ahead(world.other, elsewhere_id)
    first, elsewhere = (world.folder, one, ORCHESTRATOR), (world.other, one, "another tool: 2/3")
    turns = []
    for number, (what, (store, experiment, tool)) in enumerate(
        zip(asked, [first, elsewhere, first, (world.folder, other, ORCHESTRATOR)], strict=False)
    ):
        if number == 2:
            old = world.client.get_experiment_by_name(one)
            if old is not None:
                world.client.rename_experiment(old.experiment_id, f"{one}, archived")
            world.customers["churned"] = (world.customers["monthly_charges"] > 60).astype(int)
        seen = world.train(name, what, experiment, tool, store=store)
        turns.append(Turn(experiment, tool, seen, world.customers.copy()))
    return turns


def log_ahead(store: Path, experiment_id: str) -> None:
    """Have a colleague's machine, whose clock is an hour ahead, have logged a run and a model."""
    client, soon = client_of(store), int(time.time() * 1000) + 3_600_000
    run = client.create_run(experiment_id, start_time=soon, run_name="a colleague's")
    model = client.create_logged_model(experiment_id, "model", run.info.run_id)
    client.finalize_logged_model(model.model_id, "READY")
    client.set_terminated(run.info.run_id, "FINISHED", soon)
    with contextlib.closing(sqlite3.connect(store / "mlflow.db")) as database, database:
        database.execute("UPDATE logged_models SET creation_timestamp_ms = ?", (soon,))


def test_each_training_has_a_run_of_its_own(world: World, beside_callers_run: Any) -> None:
    asked = [REFUSED, DEEP, {"n_estimators": 3, "min_samples_leaf": 2}, DEEP]
    several = in_turn(world, "track_training", *asked)
    assert (len(world.runs), len(runs_in(world.other))) == (3, 2), told(
        "track_training, called four times: "
        + " Then it ".join(one.seen.ending for one in several),
        f"{world.found} Expected: three runs, and one in the other store, beside a colleague's.",
        "In production: the second night writes into the run, or the store, of the first.",
    )
    for params, (experiment, tool, seen, rows) in zip(asked[1:], several[1:], strict=True):
        run = run_of(world, seen)
        has_params(world, run, params, seen, tool)
        has_metrics(world, run, params, seen, rows)
        is_in(seen, experiment, run)
    here = uri_of(world.folder)
    beside_callers_run(here, lambda: ended(world.train("track_training", DEEP)))


# Task 2: the model, in the same run


def load(world: World, seen: Seen, what: Callable[[str], Any]) -> Any:
    """Do something with the address that track_model returned, as another process would."""
    problem = "nothing was returned to load"
    mlflow.set_tracking_uri(uri_of(seen.store))
    if seen.error is None and isinstance(seen.value, str):
        own = sys.modules.pop("dojo_solution", None)  # inference has no copy of tracking.py
        try:
            return what(seen.value)
        except Exception as caught:  # whatever is wrong with the model is told below
            problem = f"{type(caught).__name__}: {shorten(str(caught))}"
        finally:
            if own is not None:
                sys.modules["dojo_solution"] = own
    return pytest.fail(
        told(
            f"{seen.call} {seen.ending}",
            f"Loading the model, and giving it customers: {problem}. Expected: the address of the"
            " model that this call logged, wherever its experiment keeps its models, and whoever"
            " logs others there; it loads in a process that has the REQUIREMENTS and nothing of"
            " your file.",
            "In production: the training was green, and there is no model tonight.",
        ),
        pytrace=False,
    )


def predicts(world: World, seen: Seen, params: dict, rows: pd.DataFrame, when: str) -> None:
    """Check that the loaded model says of each customer what the forest that was asked for does."""
    tonight = rows[[*reversed(FEATURES), "contract"]].astype(dict.fromkeys(FEATURES, float))
    found = load(world, seen, lambda uri: mlflow.pyfunc.load_model(uri).predict(tonight))
    expected = expected_forest(rows, params)[0].predict(rows[FEATURES])
    same = int((np.asarray(found) == expected).sum()) if len(found) == len(rows) else 0
    assert same == len(rows), told(
        f"{seen.call} {seen.ending}",
        f"{when}, the loaded model says of {same} of {len(rows)} customers what the forest says"
        f" that was asked for and measured; it gave {len(found)} answers. Expected: of all.",
        "In production: one model is measured and approved, another one is loaded.",
    )


def test_model_belongs_to_its_run(world: World) -> None:
    model = world.train("track_model", DEEP)
    info = load(world, model, mlflow.models.get_model_info)
    run = only_run(world, model)
    is_in(model, EXPERIMENT, run)
    has_params(world, run, DEEP, model)
    has_metrics(world, run, DEEP, model)
    assert info.run_id == run.info.run_id, told(
        f"{model.call} {model.ending}",
        f"{world.found} The model says that it was made in the run {info.run_id!r}, expected"
        f" {run.info.run_id!r}.",
        "In production: somebody asks which data and which settings made the model that is in use."
        " The model does not know, and its metrics lie elsewhere.",
    )
    at_once_too(world, "track_model", {"n_estimators": 1}, {"n_estimators": 2})


def at_once_too(world: World, name: str, *asked: dict) -> None:
    """Check that calls in two threads, as a worker makes them, have a run each."""
    seen: list[Seen] = []
    threads = [
        threading.Thread(target=lambda one=params: seen.append(world.train(name, one)))
        for params in asked
    ]
    before = len(world.runs)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(run.data.params.get("n_estimators", "none") for run in world.runs[before:])
    expected = sorted(str(params["n_estimators"]) for params in asked)
    said = " ".join(f"{one.call} {one.ending}" for one in seen)
    assert found == expected and not any(one.error for one in seen), told(
        f"At once, in two threads: {said}",
        f"{world.found} Those of this time were asked for {', '.join(found) or 'nothing'} trees."
        f" Expected: two runs more, for {' and '.join(expected)} trees.",
        "In production: a worker runs two steps at once, and one logs into the run of the other.",
    )


def test_loaded_model_is_the_measured_one(world: World, draw: Any) -> None:
    def check(draw: Any) -> None:
        rows = two_exports(draw)
        seen = world.train("track_model", DEEP, customers=rows)
        predicts(world, seen, DEEP, rows, "Given columns in another order and one more")

    draw.explain(check)


def test_signature_survives_a_blank(world: World, draw: Any) -> None:
    # Tonight's customers have no blank, and the signature must do for those who have one.
    rows = draw.customers(200, tame=WHOLE).frame()
    model = world.train("track_model", DEEP, customers=rows)
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
    tonight = rows[FEATURES].astype(float)
    tonight.loc[tonight.index[::10], "support_calls"] = float("nan")
    predicted = load(world, model, lambda uri: mlflow.pyfunc.load_model(uri).predict(tonight))
    kinds = {np.dtype(kind).kind for kind in signature.outputs.numpy_types()}
    assert kinds == {np.asarray(predicted).dtype.kind}, told(
        f"{model.call} {model.ending}",
        f"The signature promises {signature.outputs}; the loaded model gives"
        f" {np.asarray(predicted).dtype}. Expected: what the model predicts.",
        "In production: whoever reads the signature takes classes for probabilities, or the other"
        " way round.",
    )


def test_requirements_are_told_not_guessed(world: World, guesses: list[str]) -> None:
    guesses.clear()
    model = world.train("track_model", DEEP)
    path = load(world, model, mlflow.pyfunc.get_model_dependencies)
    lines = {line for line in Path(path).read_text().split() if not line.startswith("mlflow==")}
    started = " It started a Python to find out what the model imports." if guesses else ""
    assert lines == REQUIREMENTS and not guesses, told(
        f"{model.call} {model.ending}{started}",
        f"Requirements of the model, besides mlflow: {sorted(lines)}. Expected:"
        f" {sorted(REQUIREMENTS)}, and no process started.",
        "In production: ten seconds for every model that is logged, in a process that loads it; and"
        " the list depends on what happened to be imported.",
    )


def models_in(folder: Path) -> list[str]:
    """Name the models that lie in a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("MLmodel"))


def test_model_lies_beside_the_database(world: World) -> None:
    model = world.train("track_model", DEEP)
    load(world, model, mlflow.models.get_model_info)
    here, there = models_in(world.worker), models_in(world.folder / "artifacts")
    assert there and not here, told(
        f"{model.call} {model.ending}",
        f"Models in the folder 'artifacts' of the store: {len(there)}. In the working directory:"
        f" {here or 'none'}. Expected: one in the store.",
        "In production: the database remembers a path in a container that is gone. All runs are"
        " there, and none of their models. A database has no room for models: an experiment keeps"
        " its own place for them, chosen when it is made.",
    )
    all_in_the_store(world, model)


def test_failed_model_training_is_a_failed_run(world: World, work: Work, laws: Any) -> None:
    failed_run(world, work, laws, "track_model")
    (world.other / "artifacts").write_text("no folder: nothing can be written below")
    seen = world.train("track_model", DEEP, store=world.other)
    statuses = [run.info.status for run in runs_in(world.other)]
    assert seen.error is not None and "RUNNING" not in statuses, told(
        f"{seen.call} {seen.ending}",
        f"The model could not be written. Runs in that store: {', '.join(statuses) or 'none'}."
        " Expected: the error comes out, and no run stays open.",
        "In production: the disk is full, the training is green, and there is no model tonight.",
    )


def test_address_leads_to_the_same_model_tomorrow(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside_callers_run: Any
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    asked = [{"n_estimators": 3}, {"n_estimators": 2}, {"n_estimators": 3, "max_depth": 1}]
    asked[1]["class_weight"] = WEIGHTS
    nights = in_turn(world, "track_model", *asked)
    shutil.rmtree(temporary)
    temporary.mkdir()
    monkeypatch.chdir(tmp_path)
    when = "From another folder, with the temporary one emptied, and after two more trainings"
    for params, (experiment, tool, seen, rows) in zip(asked, nights, strict=True):
        predicts(world, seen, params, rows, when)
        model = load(world, seen, mlflow.models.get_model_info)
        run = client_of(seen.store).get_run(model.run_id)
        is_in(seen, f"{experiment}, archived" if seen is nights[0].seen else experiment, run)
        has_params(world, run, params, seen, tool)
    here = uri_of(world.folder)
    beside_callers_run(here, lambda: ended(world.train("track_model", DEEP)))


# Task 3: five candidates, one comparison


def children_of(world: World, seen: Seen) -> tuple[Any, dict[str, Any]]:
    """Check that a comparison returned a run of its store; give it, and its child runs by name."""
    parent = run_of(world, seen)
    runs = runs_in(seen.store)
    children = [one for one in runs if one.data.tags.get(PARENT) == parent.info.run_id]
    return parent, {run.info.run_name: run for run in children}


def compared(world: World, seen: Seen, *failed: str, names: Iterable[str] = CANDIDATES) -> Any:
    """Check that a comparison is one Finished parent and a child a candidate; give the children."""
    parent, children = children_of(world, seen)
    statuses = {name: run.info.status for name, run in children.items()}
    expected = {name: "FAILED" if name in failed else "FINISHED" for name in names}
    own = [run for run in world.runs if run.info.run_name != "a colleague's"]
    whole = len(own) == 1 + len(expected) and parent.info.status == "FINISHED"
    odd = {name: statuses.get(name) for name in expected if statuses.get(name) != expected[name]}
    ends = f"FAILED those of {shorten(str(list(failed)))}, the others FINISHED" if failed else ""
    assert whole and statuses == expected, told(
        f"{seen.call} {seen.ending}",
        f"{world.found} Expected: the parent, FINISHED, and {len(expected)} children, named after"
        f" the candidates, {ends or 'all FINISHED'}; and no other run."
        f"{f' Not so: {shorten(str(odd))}.' if odd else ''}",
        "In production: values without a home, or good candidates thrown away for bad ones. MLflow"
        " keeps the active run for each thread. Another thread knows of no parent; and one that has"
        " no run makes a run of its own at the first value, which nobody ever ends.",
    )
    has_params(world, parent, {}, seen)
    is_in(seen, EXPERIMENT, parent, *children.values())
    in_time(world, seen, parent, *children.values())
    return children


def open_in(store: Path) -> list[str]:
    """Name the runs of a store that are not ended."""
    with contextlib.closing(sqlite3.connect(store / "mlflow.db")) as database:
        found = database.execute("SELECT name FROM runs WHERE status = 'RUNNING' ORDER BY name")
        return [name for (name,) in found]


def wait_for_others(world: World) -> list[str]:
    """Wait until all trainings but one have ended, as long as one more does; name what is open."""
    still, until = open_in(world.folder), time.monotonic() + 2
    while len(still) > 2 and time.monotonic() < until:
        time.sleep(0.01)
        now = open_in(world.folder)
        still, until = now, until if now == still else time.monotonic() + 2
    return still


def test_candidates_are_children_of_one_run(world: World, work: Work) -> None:
    still: list[str] = []
    work.end("measured", lambda: still.extend(wait_for_others(world)), trees=SLOW_TREES)
    seen = world.train("compare_candidates", CANDIDATES)
    children = compared(world, seen)
    assert SLOW in still and len(still) == 2, told(
        f"{seen.call} {seen.ending}",
        f"{SLOW!r} was measured when the others had been, long ago. Runs that were open then:"
        f" {still}. Expected: {SLOW!r} and the parent. Each run ends with its own work.",
        "In production: all candidates took as long as the slowest one, says the store; and when"
        " the night is killed, those that were ready are 'in progress' for ever.",
    )
    for name, params in CANDIDATES.items():
        has_params(world, children[name], params, seen)
        has_metrics(world, children[name], params, seen)
    models = models_in(world.folder)
    assert not models, told(
        f"{seen.call} {seen.ending}",
        f"Models in the store: {models}. Expected: none, a comparison logs no models.",
        "In production: five models a night fill the disk, and nobody has asked for them.",
    )
    all_in_the_store(world, seen)


def test_candidates_are_trained_at_once(
    world: World,
    work: Work,
    overlap: Any,
    draw: Any,
    monkeypatch: pytest.MonkeyPatch,
    mlflow_heard: Any,
) -> None:
    for count in ("cpu_count", "process_cpu_count"):  # a learner's machine may have many
        monkeypatch.setattr(os, count, lambda: 2, raising=False)
    names = [*draw.names().values(), *(f"depth {number}" for number in range(MANY))][:MANY]
    asked = {**dict.fromkeys(names, REFUSED), names[0]: {"n_estimators": 1}}
    overlap.hold_until(MANY)
    seen = world.train("compare_candidates", asked)
    threads = {training.thread for training in overlap.trainings}
    assert overlap.peak == MANY == len(threads), told(
        f"{seen.call} {seen.ending}",
        f"Every training was held until {MANY} run at once. At most {overlap.peak} did;"
        f" threads seen: {len(threads)}.",
        "In production: so many candidates of twenty minutes are not ready at 5:00, when the"
        " scores are due.",
    )
    assert work.seen == ["RUNNING"] * (1 + MANY), told(
        f"{seen.call} {seen.ending}",
        f"Runs in the store while all were trained: {shorten(', '.join(work.seen))}. Expected: the"
        f" parent and {MANY} children, all RUNNING.",
        "In production: runs that are written afterwards all took a second, and a night that was"
        " killed at 4:00 has left none.",
    )
    had_params(work, seen, *asked.values())
    owners = [stored for stored in work.stored if PARENT not in stored]
    assert not any(untold(stored, {}) for stored in owners), told(
        f"{seen.call} {seen.ending}",
        f"While all were trained, the parent did not tell the orchestrator {ORCHESTRATOR!r} yet."
        " Expected: who asked is in a run before the work begins, in the parent too.",
        "In production: a night is killed at 4:00, and nobody knows whose schedule to stop.",
    )
    compared(world, seen, *names[1:], names=names)
    no_limit(world, mlflow_heard)


def no_limit(world: World, mlflow_heard: Any) -> None:
    """Check how many trainings come to the store at once, which lets none of them begin."""
    caller, arrived, gate = threading.get_ident(), set(), threading.Condition()
    made, waited = [], []

    def hear(name: str) -> None:
        here = threading.get_ident()
        with gate:
            gate.notify_all()
            if here == caller:
                made.extend(["run"] if name == "create_run" else [])
                if name != "create_run" or len(made) <= 3:
                    return
            elif here in arrived:
                return  # what it has made, it may end
            else:
                arrived.add(here)
                while len(arrived) < CROWD and len(made) <= 3 and not waited:
                    before = len(arrived)
                    if not gate.wait(2) and len(arrived) == before:
                        waited.append("nobody came any more")
                        gate.notify_all()
        raise mlflow.MlflowException("no answer from the database")

    with mlflow_heard(hear):
        asked = {f"candidate {number}": {"n_estimators": 1} for number in range(CROWD)}
        seen = world.train("compare_candidates", asked)
    # Whoever makes the children's runs before their threads was refused the third of them.
    assert len(arrived) >= CROWD or len(made) > 3, told(
        f"{seen.call} {seen.ending}",
        f"There were {CROWD} candidates. Each was held before its run was made, until all of them"
        f" had come. At most {len(arrived)} came. Expected: a thread for each, however many.",
        "In production: a grid of 80 takes twice as long as one of 64, and is not ready at 5:00.",
    )
    none_is_open(world, seen, "The store made the parent's run, and then refused a child's.")


class Stopped(BaseException):
    """What stops one task, as those of Prefect and Dagster do: no Exception, and no exit."""


def test_failed_candidate_is_a_failed_child(world: World, work: Work) -> None:
    bad = {
        "refused": REFUSED,
        "misspelt": {"max_dept": 3},
        "too large": {"n_estimators": 5},
        "stopped": {"n_estimators": 8},
    }
    good = next(iter(CANDIDATES))
    work.end("fitted", Stopped("the machine goes down"), trees=8)
    work.end("measured", MemoryError("too many customers"), trees=5)
    work.meanwhile = lambda: colleagues(world, "FAILED")
    seen = world.train("compare_candidates", {**bad, good: CANDIDATES[good]})
    assert seen.error is None, told(
        f"{seen.call} {seen.ending}",
        f"Of its candidates {list(bad)} failed, with a ValueError, a TypeError, a MemoryError and"
        f" a BaseException like those of orchestrators; {good!r} did not. Expected: the id of the"
        " parent, whatever they raised.",
        "In production: one candidate is too large, and the good ones are thrown away with it.",
    )
    children = compared(world, seen, *bad, names=[*bad, good])
    for name, params in bad.items():
        has_params(world, children[name], params, seen)
    has_metrics(world, children[good], CANDIDATES[good], seen)
    work.end("fitted", SystemExit("this machine has no licence"), trees=7)
    left = world.train("compare_candidates", {"no licence": {"n_estimators": 7}, **CANDIDATES})
    statuses = [(run.info.run_name, run.info.status) for run in world.runs]
    still = [name for name, status in statuses if status not in ("FINISHED", "FAILED")]
    ended = isinstance(left.error, SystemExit) or left.error is None
    assert ended and not still and ("no licence", "FAILED") in statuses, told(
        f"{left.call}, where the library of one candidate calls sys.exit(), {left.ending} Runs:"
        f" {statuses}.",
        "Expected: the id of the parent, or the SystemExit; and no run that is neither FINISHED nor"
        " FAILED: 'no licence' is FAILED.",
        "In production: a run that nobody has ended counts as 'in progress' for ever.",
    )


def test_comparison_fails_when_all_fail(
    world: World, work: Work, laws: Any, beside_callers_run: Any
) -> None:
    world.solution = laws.load_optimized()
    two = {"one": REFUSED, "two": {"n_estimators": 8}}
    work.end("measured", Stopped("the machine goes down"), trees=8)
    work.meanwhile = lambda: colleagues(world, "FINISHED")
    stopped = world.train("compare_candidates", two)
    why = "one by its settings, one by a BaseException like those of orchestrators"
    all_failed(world, stopped, two, why)
    rows = world.customers.astype({"monthly_charges": object})
    rows.iloc[::9, list(rows).index("monthly_charges")] = "n/a"
    two = {name: {"n_estimators": 1} for name in two}
    broken = world.train("compare_candidates", two, customers=rows)
    all_failed(world, broken, two, 'there is "n/a" among the monthly charges', 3)
    rows = world.customers.drop(columns=["support_calls", "churned"])
    broken = world.train("compare_candidates", two, customers=rows)
    all_failed(world, broken, two, "there is no column 'support_calls', nor 'churned'", 6)
    few = {"only": {"n_estimators": 1}}
    here = uri_of(world.folder)
    beside_callers_run(here, lambda: ended(world.train("compare_candidates", few)))


def colleagues(world: World, status: str) -> None:
    """Have somebody else's run begin and end in the same experiment."""
    found = world.client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        run = world.client.create_run(found.experiment_id, run_name="a colleague's")
        world.client.set_terminated(run.info.run_id, status)


def all_failed(world: World, seen: Seen, asked: dict[str, dict], why: str, before: int = 0) -> None:
    """Check that a comparison failed, and is told as a failed one: its parent and two children."""
    own = [run for run in world.runs if run.info.run_name != "a colleague's"][before:]
    statuses = [run.info.status for run in own]
    assert seen.error is not None and statuses == ["FAILED"] * 3, told(
        f"{seen.call} {seen.ending}",
        f"Both candidates fail: {why}. {world.found} Expected: an exception, and three runs of this"
        " comparison, all FAILED.",
        "In production: no model at all tonight, and the comparison is green, or there is no trace"
        " of it; or it is green because somebody else's run has finished meanwhile.",
    )
    for run in own:
        has_params(world, run, asked[run.info.run_name] if PARENT in run.data.tags else {}, seen)


def test_each_comparison_is_its_own(world: World) -> None:
    asked = [REFUSED, {"n_estimators": 1, "class_weight": WEIGHTS}, {"n_estimators": 2}]
    nights = in_turn(world, "compare_candidates", *({"only": params} for params in asked))
    endings = " Then it ".join(night.seen.ending for night in nights)
    said = f"compare_candidates, called three times, with one candidate: {endings}"
    assert nights[0].seen.error is not None, told(said, "Expected: where all fail, it raises.")
    for params, (experiment, tool, seen, rows) in zip(asked[1:], nights[1:], strict=True):
        has_one_child(world, said, seen, "only")
        parent, children = children_of(world, seen)
        has_params(world, parent, {}, seen, tool)
        is_in(seen, experiment, parent, children["only"])
        has_params(world, children["only"], params, seen, tool)
        has_metrics(world, children["only"], params, seen, rows)
    for name, seen in at_once(world, "one", "other").items():
        said = f"Of two comparisons at once, {seen.call} {seen.ending}"
        has_one_child(world, said, seen, name)


def has_one_child(world: World, said: str, seen: Seen, name: str) -> None:
    """Check that a comparison has the child of its own call, and no other."""
    _, children = children_of(world, seen)
    assert list(children) == [name], told(
        said,
        f"A comparison has the children {list(children)}. Expected: {[name]}, of its own call.",
        "In production: last night's candidates are compared with those of tonight, or those of"
        " one flow with those of another in the same worker.",
    )


def at_once(world: World, *names: str) -> dict[str, Seen]:
    """Compare in several threads; the first one that each starts waits for those of the others."""
    seen: dict[str, Seen] = {}
    ready, waited = threading.Barrier(len(names)), threading.local()
    experiment, real = ALIKE[0], threading.Thread.start  # it is there: nobody has to make it

    def compare(name: str) -> None:
        waited.not_yet = True
        what = {name: {"n_estimators": 1}}
        seen[name] = world.train("compare_candidates", what, experiment)

    def start(thread: threading.Thread) -> None:
        run, thread_waits = thread.run, getattr(waited, "not_yet", False)

        def run_together() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                ready.wait(2)
            run()

        if thread_waits:
            waited.not_yet, thread.run = False, run_together
        real(thread)

    callers = [threading.Thread(target=compare, args=(name,)) for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    return seen
