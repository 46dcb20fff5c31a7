"""What engine, tracker and registry hold after your functions ran, and what the API was asked."""

import contextlib
import math
import sqlite3
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric
from prefect.transactions import transaction
from sklearn.linear_model import LogisticRegression

MODEL = "churn"
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
CONTRACTS = ["month-to-month", "one year", "two years"]
COLUMNS = NUMBERS + CONTRACTS
CALLS = {"columns": ["support_calls"], "C": 1.0}
EVERYTHING = {"columns": COLUMNS, "C": 1.0}
REFUSED = {"columns": COLUMNS, "C": -1.0}
PAIR = {"calls": CALLS, "refused": REFUSED}
LOW, HIGH = 0.5, 0.99
COUNT = 160
# What an earlier night has left: a run with a model for each, and the columns it looks at.
MODELS = {"strict": ["support_calls"], "generous": ["monthly_charges"]}


class Call(NamedTuple):
    """One call of a solution's function: how it ended, and the flow runs it made."""

    said: str
    value: Any
    error: Exception | None
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
        except Exception as caught:  # whatever a solution raises is looked at by the tests
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
            with mlflow.start_run(experiment_id=experiment, run_name=name):
                model = make_model(columns)
                mlflow.sklearn.log_model(model, name="model", pip_requirements=[])
        mlflow.set_tracking_uri(None)

    def train(self, name: str, auc: float) -> dict[str, Any]:
        """Let an earlier run have this METRIC; return what `train_candidate` would."""
        run_id = next(one.info.run_id for one in self.runs if one.info.run_name == name)
        self.client.log_batch(run_id, [Metric("val_auc", auc, 0, 0)])
        return {"name": name, "run_id": run_id, "val_auc": auc}

    def version(self, name: str, auc: float) -> int:
        """Make a version from an earlier run."""
        if not self.client.search_registered_models():
            self.client.create_registered_model(MODEL)
        run_id = self.train(name, auc)["run_id"]
        experiment = self.client.get_run(run_id).info.experiment_id
        logged = self.client.search_logged_models([experiment], f"source_run_id = '{run_id}'")
        source = logged[0].artifact_location
        return int(self.client.create_model_version(MODEL, source, run_id).version)

    def champion(self, name: str, auc: float) -> int:
        """Make a version from an earlier run, the champion."""
        version = self.version(name, auc)
        self.client.set_registered_model_alias(MODEL, "champion", str(version))
        return version

    @property
    def registry(self) -> tuple[list[int], int | None]:
        """Read the versions' numbers, and which of them is the champion."""
        versions = self.client.search_model_versions(f"name = '{MODEL}'")
        models = self.client.search_registered_models(f"name = '{MODEL}'")
        champions = [int(m.aliases["champion"]) for m in models if "champion" in m.aliases]
        return sorted(int(one.version) for one in versions), next(iter(champions), None)

    @property
    def runs(self) -> list[Any]:
        """Read all runs, first the first."""
        everywhere = [one.experiment_id for one in self.client.search_experiments()]
        return self.client.search_runs(everywhere, order_by=["attributes.start_time ASC"])

    @property
    def everything(self) -> str:
        """Say all that inference must leave as it is."""
        experiments = [one.name for one in self.client.search_experiments()]
        models = self.client.search_registered_models()
        versions = self.client.search_model_versions()
        return (
            f"{len(self.runs)} runs, experiments {sorted(experiments)},"
            f" aliases {[one.aliases for one in models]},"
            f" tags {[one.tags for one in [*models, *versions] if one.tags]}"
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


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also over one that is open."""
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@pytest.fixture
def features(customers: pd.DataFrame) -> pd.DataFrame:
    """Make the features of the customers, as `data_preparation` does."""
    frame = customers.head(COUNT).set_index("customer_id")
    for name in CONTRACTS:
        frame[name] = frame["contract"] == name
    return frame.drop(columns="contract").astype(float)


@pytest.fixture
def api(flaky_api: Any, customers: pd.DataFrame) -> Any:
    """Have the API know the customers of the features."""
    flaky_api.customers = customers.head(COUNT).to_dict("records")
    flaky_api.will(200)
    return flaky_api


class Checks(NamedTuple):
    """What was to be seen in the registry while a model was loaded, to check it."""

    seen: list[tuple[str, tuple[list[int], int | None]]]
    break_with: Callable[[Exception], None]


@pytest.fixture
def checks(store: Store, monkeypatch: pytest.MonkeyPatch) -> Checks:
    """Watch what is loaded to be checked, and how the registry is at that moment."""
    checks, errors = Checks([], lambda error: errors.append(error)), []
    load = mlflow.sklearn.load_model

    def watched(model_uri: str, *given: Any, **more: Any) -> Any:
        checks.seen.append((model_uri, store.registry))
        if errors:
            raise errors[0]
        return load(model_uri, *given, **more)

    monkeypatch.setattr(mlflow.sklearn, "load_model", watched)
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
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


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


def make_model(columns: list[str]) -> LogisticRegression:
    """Make a tiny model for features; it looks at these columns only."""
    rows = pd.DataFrame([[0.0] * len(COLUMNS), [1.0] * len(COLUMNS)], columns=COLUMNS)
    model = LogisticRegression().fit(rows, [0, 1])
    model.coef_ = np.array([[0.02 if name in columns else 0.0 for name in COLUMNS]])
    model.intercept_ = np.array([-2.0])
    return model


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
    call: Ask, store: Store, features: pd.DataFrame, overlap: Any, prefect_history: Any
) -> None:
    overlap.hold_until(5)
    run = call("compare_candidates", features, store.folder)
    assert overlap.peak == 5, told(
        f"{run.said} {len(overlap.trainings)} trainings, at most {overlap.peak} at the same time.",
        "Each was held until five had come, or no more came. Expected: 5.",
        "In production: five trainings of twenty minutes are ready at 4:40 instead of 3:20. A task"
        " that is called, or whose result is asked for at once, is waited for.",
    )
    trained = [one for one in prefect_history.task_runs if one.function == "train_candidate"]
    owners = {one.flow_run_id for one in trained}
    assert len(trained) == 5 and len(owners) == 1 and None not in owners, told(
        f"{run.said} Task runs of train_candidate: {len(trained)}, in {len(owners)} flow runs"
        f"{' or none' if None in owners else ''}.",
        "Expected: five in one flow run.",
        "In production: the run page shows a comparison without its trainings.",
    )


def test_candidates_are_children_of_one_run(
    call: Ask, store: Store, features: pd.DataFrame
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


def test_best_one_wins_though_another_failed(
    call: Ask, store: Store, features: pd.DataFrame
) -> None:
    run = call(
        "compare_candidates", features, store.folder, candidates={"everything": EVERYTHING, **PAIR}
    )
    metrics = {one.info.run_name: one.data.metrics.get("val_auc") for one in store.new_runs}
    best = next((one for one in store.new_runs if one.info.run_name == "everything"), None)
    right = best is not None and run.get("run_id") == best.info.run_id
    assert right and run.get("val_auc") == metrics["everything"], told(
        f"{run.said}",
        f"val_auc of the runs: {metrics}. Expected: name, run_id and val_auc of 'everything'.",
        "In production: one wrong setting and there is no model tonight, or the worst one goes on"
        " to the registry.",
    )


def test_no_candidate_left_is_an_error(call: Ask, store: Store, features: pd.DataFrame) -> None:
    run = call("compare_candidates", features, store.folder, candidates={"refused": REFUSED})
    parents = [one.info.status for one in store.new_runs if one.info.run_name != "refused"]
    ended = run.flow_runs[0].states[-1] if run.flow_runs else "none"
    assert run.error is not None and parents == ["FAILED"] and ended == "Failed", told(
        f"{run.said} MLflow runs: {family(store.new_runs)}. Flow runs: {run.seen}.",
        "The only candidate's settings are refused. Expected: an error, and the comparison Failed"
        " in both.",
        "In production: no model, and all is green.",
    )


# Task 2: register, check, promote, or leave no trace


def test_version_goes_with_its_transaction(call: Ask, store: Store) -> None:
    champion, winner = store.champion("generous", 0.8), store.train("strict", 0.9)
    with contextlib.suppress(TimeoutError), transaction():
        run = call("register_version", store.folder, winner["run_id"])
        during = store.registry
        call("register_version", store.folder, winner["run_id"])
        raise TimeoutError("a step of a colleague, after yours")
    assert during == ([champion, run.value], champion) and run.value != champion, told(
        f"{run.said} In the registry then: {listed(during)}.",
        f"Expected: the new version's number, beside version {champion}, the champion.",
        "In production: what inference would load cannot be checked before it is there.",
    )
    assert store.registry == ([champion], champion), told(
        f"{run.said} Called twice in a transaction which failed later, elsewhere.",
        f"In the registry after it: {listed(store.registry)}. Expected: {listed(([1], 1))}.",
        "In production: a version that no check has seen lies there, looks like all others, and is"
        " promoted by hand in three weeks. Your function had returned: only what hangs on the"
        " task itself is still called.",
    )


def test_version_stays_when_nothing_fails(call: Ask, store: Store) -> None:
    winner = store.train("strict", 0.9)
    alone = call("register_version", store.folder, winner["run_id"])
    with transaction():
        inside = call("register_version", store.folder, winner["run_id"])
    expected = [alone.value, inside.value]
    assert store.registry[0] == expected and None not in expected, told(
        f"{alone.said} Then in a transaction that succeeded: {inside.said}",
        f"In the registry: {listed(store.registry)}. Expected: both versions.",
        "In production: the model of the night is deleted by its own safety net.",
    )


@pytest.mark.parametrize("auc", [0.79, math.nan], ids=["below", "NaN"])
def test_nothing_below_the_gate_is_registered(
    call: Ask, store: Store, features: pd.DataFrame, auc: float
) -> None:
    champion, winner = store.champion("generous", 0.6), store.train("strict", auc)
    run = call("release", winner, features, store.folder, min_auc=0.8, at_most=0.0)
    expected = {"version": None, "champion": champion}
    assert run.value == expected and store.registry == ([champion], champion), told(
        f"{run.said} The winner's val_auc is {auc}.",
        f"In the registry: {listed(store.registry)}. Expected: {expected}, nothing registered.",
        "In production: every poor night leaves a version that somebody may take for a good one.",
    )


@pytest.mark.parametrize("broken", [None, OSError("the disk is gone")], ids=["refuses", "breaks"])
def test_failed_check_leaves_the_registry_as_it_was(
    call: Ask, store: Store, features: pd.DataFrame, checks: Checks, broken: Exception | None
) -> None:
    champion, winner = store.champion("strict", 0.8), store.train("generous", 0.9)
    if broken:
        checks.break_with(broken)
    run = call("release", winner, features, store.folder, min_auc=0.8, at_most=0.0)
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
    told_of = OSError if broken else ValueError
    assert isinstance(run.error, told_of) and ("would call" in str(run.error) or broken), told(
        f"{run.said}",
        f"The check {'breaks' if broken else 'refuses this version'}. Expected: its"
        f" {told_of.__name__}.",
        "In production: the night was refused, and nobody is told.",
    )
    assert store.registry == ([champion], champion), told(
        f"{run.said}",
        f"In the registry after it: {listed(store.registry)}. Before: {listed(([1], 1))}. Expected:"
        " the same, whatever was wrong.",
        "In production: at 4:00 inference loads a version that the check has refused; or there is"
        " no champion at all, as the alias went with the version that it pointed to.",
    )


@pytest.mark.parametrize(
    ("before", "moves"),
    [(None, True), (0.85, True), (0.9, False)],
    ids=["first", "better", "equal"],
)
def test_champion_moves_only_to_a_better_version(
    call: Ask, store: Store, features: pd.DataFrame, before: float | None, moves: bool
) -> None:
    champion = store.champion("generous", before) if before else None
    winner = store.train("strict", 0.9)
    run = call("release", winner, features, store.folder, min_auc=0.9, at_most=0.5)
    version = run.get("version")
    expected = version if moves else champion
    registry = [one for one in (champion, version) if one], expected
    assert version and run.get("champion") == expected and store.registry == registry, told(
        f"{run.said} The champion's val_auc was {before}, the winner's is 0.9, the gate 0.9.",
        f"In the registry: {listed(store.registry)}. Expected: one new version, and the champion"
        f" {'is the new one' if moves else 'stays'}.",
        "In production: the alias is what is asked every hour. A weak night takes the good model's"
        " place, or a better model waits for ever.",
    )


# Task 3: the nightly run


def test_two_nights_on_a_flaky_api(
    call: Ask, solution: Any, store: Store, api: Any, prefect_history: Any
) -> None:
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
    api.will(503, 200)
    second = call("training_pipeline", *where, candidates={"calls": CALLS}, **gates)
    used_again(second, prefect_history, "The first night was good")
    assert store.registry == ([1, 2], 1) and second.get("champion") == 1, told(
        f"{second.said} In the registry: {listed(store.registry)}.",
        "Version 1 learnt from everything, version 2 from the calls only. Expected: both are"
        " there, the champion is 1.",
        "In production: whoever trained last is asked, not whoever is best.",
    )


def test_failed_night_costs_no_second_preparation(
    call: Ask, store: Store, api: Any, prefect_history: Any
) -> None:
    where, gates = (api.url, store.folder), {"min_auc": LOW, "at_most": HIGH}
    failed = call("training_pipeline", *where, candidates={"refused": REFUSED}, **gates)
    ended = failed.flow_runs[0].states[-1] if failed.flow_runs else "none"
    assert failed.error is not None and ended == "Failed", told(
        f"{failed.said} The run ended as {ended}.",
        "All candidates failed. Expected: the error, and Failed.",
        "In production: no model tonight, and a green page.",
    )
    gates["at_most"] = 0.0
    run = call("training_pipeline", *where, candidates={"calls": CALLS}, **gates)
    ended = run.flow_runs[0].states[-1] if run.flow_runs else "none"
    assert isinstance(run.error, ValueError) and ended == "Failed", told(
        f"{run.said} The run ended as {ended}.",
        "The check refuses every model tonight. Expected: its ValueError, and Failed.",
        "In production: the model was refused, the page is green, and last month's model scores"
        " until somebody asks why.",
    )
    used_again(run, prefect_history, "The first night had failed after it")


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


def test_champion_scores_and_no_other(
    call: Ask, solution: Any, store: Store, api: Any, features: pd.DataFrame
) -> None:
    champion, newest = store.champion("generous", 0.8), store.version("strict", 0.9)
    model = make_model(MODELS["generous"])
    tonight = features.head(30)
    for one in api.customers:
        del one["churned"]
    api.customers = api.customers[:30]
    api.will(503, 200)
    store.client.create_experiment(MODEL, (Path(store.folder) / "artifacts").as_uri())
    before = store.everything
    run = call("inference_pipeline", api.url, store.folder)
    expected = dict(
        zip(tonight.index, model.predict_proba(tonight[COLUMNS])[:, 1].tolist(), strict=True)
    )
    scores = run.get("scores")
    same = scores == pytest.approx(expected) if isinstance(scores, dict) else False
    assert run.get("version") == champion and same and list(scores) == list(expected), told(
        f"{run.said} Version {champion} is the champion, version {newest} the newest.",
        f"Expected: version {champion}, and scores that begin with"
        f" {shorten(str({key: round(expected[key], 3) for key in list(expected)[:3]}))}.",
        "In production: customers are called on the word of a model that nobody has promoted.",
    )
    assert store.everything == before, told(
        f"{run.said} The store has now {store.everything}.",
        f"Before: {before}. Expected: the same, inference only reads.",
        "In production: inference runs 24 times a day; whatever it leaves, it leaves 700 times a"
        " month.",
    )
    prepared_by_the_shared_flow(run, "inference_pipeline", solution.data_preparation.name)
    store.client.set_registered_model_alias(MODEL, "champion", str(newest))
    again = call("inference_pipeline", api.url, store.folder)
    assert again.get("version") == newest, told(
        f"{again.said} Version {newest} has become champion since the call before.",
        f"Expected: version {newest}.",
        "In production: what a process has kept, it uses until it is restarted. The champion that"
        " was taken back at noon is still scoring at midnight.",
    )


def test_missing_champion_is_an_error(call: Ask, store: Store, api: Any) -> None:
    version = store.version("strict", 0.9)
    for alias in ("previous", "backup"):
        store.client.set_registered_model_alias(MODEL, alias, str(version))
    run = call("inference_pipeline", api.url, store.folder)
    assert run.error is not None and run.flow_runs[0].states[-1] == "Failed", told(
        f"{run.said} Flow runs: {run.seen}.",
        f"Version {version} has the aliases 'previous' and 'backup', and is nobody's champion."
        " Expected: an error, and Failed.",
        "In production: the registry was never asked who is good, or a stand-in scores for weeks"
        " and nobody notices.",
    )
