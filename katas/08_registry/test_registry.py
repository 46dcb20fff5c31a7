"""What the registry holds after your four functions ran, and which version scored."""

import contextlib
import sqlite3
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LogisticRegression

COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]
TONIGHT = "churn-2026-03-14"
GATE = 0.83
NAN = float("nan")
# Without the first, MLflow looks for requirements in another process, for ten seconds.
OPTIONS = {"pip_requirements": [], "pyfunc_predict_fn": "predict_proba"}


class Store:
    """The store of one test: what the training has left, and what is to be seen in it."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.folder = folder
        self.client = MlflowClient(uri, registry_uri=uri)
        self._experiments: dict[str, str] = {}

    def train(self, name: str, night: str = TONIGHT, status: str = "FINISHED", **auc: float) -> str:
        """Log a candidate with the metrics `train_auc` and `val_auc`; return its run's id."""
        if night not in self._experiments:
            self._experiments[night] = self.client.create_experiment(night)
        run_id = self.client.create_run(self._experiments[night], run_name=name).info.run_id
        self.client.log_batch(run_id, [Metric(f"{key}_auc", auc[key], 0, 0) for key in auc])
        self.client.set_terminated(run_id, status)
        return run_id

    def log_model(self, run_id: str, shift: float = 0.0) -> str:
        """Log a model in a run, whose status stays; return its address."""
        status = self.client.get_run(run_id).info.status
        with self.as_default(), mlflow.start_run(run_id=run_id):
            made = mlflow.sklearn.log_model(make_model(shift), name="model", **OPTIONS)
        self.client.set_terminated(run_id, status)
        return made.model_uri

    def save_model(self, shift: float) -> str:
        """Write a model to a folder, as one that comes from elsewhere; return its address."""
        path = self.folder / f"model {shift}"
        mlflow.sklearn.save_model(make_model(shift), path, **OPTIONS)
        return str(path)

    def register(self, source: str = "", run_id: str | None = None) -> int:
        """Make a version; without a source it has no model that can be loaded."""
        with contextlib.suppress(MlflowException):
            self.client.create_registered_model("churn")
        with self.as_default():
            source = source or str(self.folder)
            return int(self.client.create_model_version("churn", source, run_id=run_id).version)

    def version(self, name: str, **auc: float) -> int:
        """Make a version whose run has these metrics; its model is never loaded."""
        return self.register(run_id=self.train(name, **auc))

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
        named = self.client.search_registered_models("name = 'churn'")
        return {name: int(n) for one in named for name, n in sorted(one.aliases.items())}

    @property
    def versions(self) -> dict[int, Any]:
        """Read the versions of the model, in the order of their numbers."""
        found = self.client.search_model_versions("name = 'churn'")
        return dict(sorted((int(one.version), one) for one in found))

    @property
    def listed(self) -> str:
        """Say which versions there are, and where each comes from."""
        named = {n: self.describe(one.run_id) for n, one in self.versions.items()}
        return "; ".join(f"version {n} from {run}" for n, run in named.items()) or "no version"

    def describe(self, run_id: str | None) -> str:
        """Say which candidate a run is."""
        if not run_id:
            return "no run"
        run = self.client.get_run(run_id)
        numbers = [f"{name} {value:.2f}" for name, value in run.data.metrics.items()]
        return f"the run {run.info.run_name!r} ({', '.join([run.info.status, *numbers])})"

    def snapshot(self) -> str:
        """Say what inference must leave as it is."""
        experiments = {one.experiment_id: one.name for one in self.client.search_experiments()}
        runs = len(self.client.search_runs(list(experiments)))
        models = self.client.search_registered_models()
        tags = [one.tags for one in [*models, *self.versions.values()] if one.tags]
        return (
            f"{runs} runs, experiments {sorted(experiments.values())},"
            f" versions {list(self.versions)}, aliases {self.aliases}, tags {tags}"
        )


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


@pytest.fixture
def store(mlflow_store: str, place: Path, tmp_path: Path) -> Iterator[Store]:
    """Empty the store that the solution is told of, and the process's default, which is another."""
    told_of, default = place / "mlflow.db", place / "default.db"
    for target in (told_of, default):
        copy_database(Path(mlflow_store.removeprefix("sqlite:///")), target)
    mlflow.set_registry_uri("")
    mlflow.set_tracking_uri(f"sqlite:///{default}")
    yield Store(f"sqlite:///{told_of}", tmp_path)
    while mlflow.active_run() is not None:
        mlflow.end_run()


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also over one that is open."""
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@pytest.fixture
def call(solution: Any, store: Store) -> Ask:
    """Call a function of the solution on the store."""

    def ask(name: str, *given: Any, may_raise: bool = False) -> Call:
        rest = ["customers" if isinstance(one, pd.DataFrame) else repr(one) for one in given]
        value, error = None, None
        try:
            value = getattr(solution, name)(store.uri, *given)
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
        return Call(f"{name}({', '.join(['uri', *rest])}) {ending}.", value, error)

    return ask


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def make_model(shift: float) -> LogisticRegression:
    """Make a tiny model; each shift gives other probabilities."""
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = np.array([0, 1]), len(COLUMNS)
    model.coef_, model.intercept_ = np.array([[-0.05, 0.02, 0.5]]), np.array([shift])
    model.feature_names_in_ = np.array(COLUMNS, dtype=object)
    return model


# Task 1: only what passes the gate is registered


def registered_only(store: Store, run: Call, best: str) -> None:
    """Check that the best candidate, and no other, is version 1."""
    runs = {number: one.run_id for number, one in store.versions.items()}
    assert runs == {1: best} and run.value == 1, told(
        f"{run.said} In the registry: {store.listed}.",
        f"Expected: 1, made from {store.describe(best)}. The gate was {GATE}: that is enough.",
        "In production: the version that everybody will trust is not the model that was best on"
        " customers it had not seen, or nobody can say which run made it.",
    )


def test_best_run_by_validation_is_registered(call: Ask, store: Store) -> None:
    store.log_model(store.train("overfitted", train=0.99, val=0.71))
    best = store.train("sound", train=0.86, val=GATE)
    store.log_model(best, shift=1.0)
    store.log_model(store.train("fair", train=0.85, val=0.825))
    store.train("another team's", night="another experiment", train=0.97, val=0.96)
    run = call("register_best", TONIGHT, GATE)
    registered_only(store, run, best)
    with store.as_default():
        model = mlflow.sklearn.load_model("models:/churn/1")
    assert model.intercept_.tolist() == [1.0], told(
        f"{run.said} Version 1 names the best run, and holds the model of another one.",
        "In production: the metric on the version's page is not that of its model.",
    )


def test_run_that_failed_is_no_candidate(call: Ask, store: Store) -> None:
    store.log_model(store.train("crashed", status="FAILED", train=0.98, val=0.97))
    best = store.train("sound", train=0.86, val=GATE)
    store.log_model(best)
    registered_only(store, call("register_best", TONIGHT, GATE), best)


def test_nothing_below_the_gate_is_registered(call: Ask, store: Store) -> None:
    candidates = {"bad": {"train": 0.99, "val": 0.82}, "NaN": {"val": NAN}, "none": {"train": 0.86}}
    for night, auc in candidates.items():
        only = store.train("candidate", night, **auc)
        source = store.log_model(only)
        run = call("register_best", night, GATE)
        assert run.value is None and run.error is None and not store.versions, told(
            f"{run.said} In the registry: {store.listed}.",
            f"The only candidate is {store.describe(only)}, the gate {GATE} on val_auc."
            " Expected: None, and no version.",
            "In production: a model that never passed is one click, or one `latest`, away from"
            " every customer.",
        )
    following = store.register(source, only)
    assert following == 1, told(
        "After three nights without a good candidate there is no version; yet the first one to"
        f" come gets the number {following}, not 1: something was registered and deleted again.",
        "Expected: the gate comes first.",
        "In production: for a moment the bad model was the newest version, and if the job dies in"
        " that moment, it stays.",
    )


def test_second_call_registers_nothing_new(call: Ask, store: Store) -> None:
    store.log_model(store.train("sound", train=0.86, val=0.84))
    runs = [call("register_best", TONIGHT, GATE) for _ in range(2)]
    assert [run.value for run in runs] == [1, 1] and list(store.versions) == [1], told(
        f"First {runs[0].said} Then {runs[1].said}",
        f"In the registry: {store.listed}. Expected: 1 twice, and one version.",
        "In production: the engine retries the job, and one model has two versions. One is taken"
        " back at noon, and the other one is promoted at night.",
    )
    store.register(run_id=store.train("another", night="yesterday", train=0.8, val=0.8))
    third = call("register_best", TONIGHT, GATE)
    assert third.value == 1 and list(store.versions) == [1, 2], told(
        f"Version 2 was registered from another run; then {third.said}",
        f"In the registry: {store.listed}. Expected: 1 as before, and no new version.",
        "In production: the newest version is not the only one that tonight's run may have.",
    )


def test_registering_moves_no_alias(call: Ask, store: Store) -> None:
    store.register(run_id=store.train("old", night="yesterday", train=0.78, val=0.75))
    store.point(champion=1)
    store.log_model(store.train("sound", train=0.86, val=0.84))
    run = call("register_best", TONIGHT, GATE)
    assert run.value == 2 and store.aliases == {"champion": 1}, told(
        f"{run.said} The aliases are {store.aliases}.",
        "Expected: 2, and {'champion': 1} as before, whatever the candidate's metric.",
        "In production: to register is to keep a model, to promote is to let it loose on"
        " customers. Whoever registers a trial must not change who scores.",
    )


# Task 2: the alias moves only to a better model


def promoted(store: Store, run: Call, why: str, **aliases: int) -> None:
    """Check who is champion, and who was."""
    assert run.value == aliases.get("champion") and store.aliases == aliases, told(
        f"{run.said} The aliases are {store.aliases}.",
        f"In the registry: {store.listed}.",
        f"Expected: {aliases.get('champion')}, and the aliases {aliases}.",
        f"In production: {why}",
    )


def test_first_version_becomes_champion(call: Ask, store: Store) -> None:
    store.version("not a number", train=0.9, val=NAN)
    store.version("taken back", train=0.95, val=0.93)
    store.client.set_model_version_tag("churn", "2", "rolled_back", "yes")
    why = "without a champion anything is promoted: also what was never measured, or taken back."
    for version in (1, 2):
        promoted(store, call("promote_if_better", version), why)
    store.version("first", train=0.8, val=0.75)
    why = "inference asks for the champion, and there is none."
    promoted(store, call("promote_if_better", 3), why, champion=3)
    store.point(champion=store.register())
    why = "the champion was imported, has no run and no val_auc, and nothing ever beats it."
    promoted(store, call("promote_if_better", 3), why, champion=3, previous=4)


def test_better_version_takes_over(call: Ask, store: Store) -> None:
    store.version("champion", train=0.99, val=0.75)
    store.version("never promoted", train=0.95, val=0.9)
    store.version("better", train=0.85, val=0.8)
    store.point(champion=1)
    why = "the better model is never used, or nobody knows tomorrow what to go back to."
    promoted(store, call("promote_if_better", 3), why, champion=3, previous=1)
    why = "the retried job makes the champion its own predecessor: nothing to go back to."
    promoted(store, call("promote_if_better", 3), why, champion=3, previous=1)


def test_champion_stays_unless_beaten(call: Ask, store: Store, mlflow_busy: Any) -> None:
    store.version("former", train=0.8, val=0.75)
    store.version("champion", train=0.85, val=0.8)
    store.point(champion=2, previous=1)
    why = (
        "the alias says 'newest', not 'best'. Customers get a worse model, or another for nothing."
    )
    for train, val in ((0.8, 0.7), (0.9, 0.8), (0.99, 0.71), (0.9, NAN)):
        version = store.version("challenger", train=train, val=val)
        promoted(store, call("promote_if_better", version), why, champion=2, previous=1)
    version = store.version("never validated", train=0.9)
    promoted(store, call("promote_if_better", version), why, champion=2, previous=1)
    version = store.version("worse", train=0.9, val=0.7)
    with mlflow_busy("registered_model_aliases"):
        run = call("promote_if_better", version, may_raise=True)
    assert store.aliases == {"champion": 2, "previous": 1}, told(
        f"{run.said} The registry's first answer about aliases was 'database is locked'.",
        f"The aliases are {store.aliases}. Expected: its error comes out (or you ask again), and"
        " the champion is 2 as before.",
        "In production: for a second the registry does not answer, which is taken for 'there is no"
        " champion'; and tonight's worse model is the champion.",
    )


def test_version_taken_back_is_out_of_the_race(call: Ask, store: Store) -> None:
    store.version("champion", train=0.8, val=0.75)
    store.version("taken back", train=0.95, val=0.93)
    store.version("better", train=0.85, val=0.8)
    store.client.set_model_version_tag("churn", "2", "rolled_back", "yes")
    store.point(champion=1)
    why = "version 2 has the tag 'rolled_back'. Taken back at noon, it is champion again at night."
    promoted(store, call("promote_if_better", 2), why, champion=1)
    why = "version 2 has the tag 'rolled_back'. Its metric was wrong, and bars the way for ever."
    promoted(store, call("promote_if_better", 3), why, champion=3, previous=1)


# Task 3: inference asks the registry


@pytest.fixture
def rows(customers: pd.DataFrame) -> pd.DataFrame:
    """Make the customers to score."""
    return customers[COLUMNS].head(5)


def scored_by(store: Store, run: Call, version: int, shift: float, rows: pd.DataFrame) -> None:
    """Check which version scored, by its number and by its scores."""
    number, seen = run.value if isinstance(run.value, tuple) else (None, None)
    expected = make_model(shift).predict_proba(rows)[:, 1]
    same = np.shape(seen) == expected.shape and np.allclose(seen, expected, atol=0.001)
    assert number == version and same, told(
        f"{run.said} Versions: {list(store.versions)}, aliases: {store.aliases}.",
        f"Expected: ({version}, {expected.round(3).tolist()}), the version and its probabilities.",
        "In production: customers are scored by a model that nobody has approved for it, or nobody"
        " can say by which.",
    )


def test_champion_scores_and_no_other(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    store.register(store.save_model(0.0), store.train("champion", train=0.8, val=0.8))
    store.register(store.save_model(2.0), store.train("newest", train=0.7, val=0.7))
    store.log_model(store.train("unregistered", train=0.99, val=0.95), shift=-2.0)
    store.point(champion=1)
    before = store.snapshot()
    run = call("score_customers", rows)
    scored_by(store, run, 1, 0.0, rows)
    assert store.snapshot() == before, told(
        f"{run.said} The store has now {store.snapshot()}.",
        f"Before: {before}. Expected: the same, inference only reads.",
        "In production: inference runs 24 times a day. What it leaves among the training's runs is"
        " tomorrow's candidate.",
    )


def test_version_without_a_run_can_score(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    store.register(store.save_model(1.0))
    store.point(champion=1)
    run = call("score_customers", rows)
    assert run.error is None, told(
        run.said,
        "The champion was imported from another registry: a version, but no run. Expected: scores.",
        "In production: runs are cleaned up, and with a run goes each address that begins with"
        " `runs:/`. A version of the registry stays.",
    )
    scored_by(store, run, 1, 1.0, rows)


def test_new_champion_scores_at_once(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    for version, shift in ((1, 0.0), (2, 2.0)):
        store.register(store.save_model(shift))
        store.point(champion=version)
        scored_by(store, call("score_customers", rows), version, shift, rows)
    store.point(previous=1)
    scored_by(store, call("score_customers", rows, "previous"), 1, 0.0, rows)


def test_newest_version_can_be_rehearsed(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    old = store.save_model(0.0)
    for _ in range(9):
        store.register(old)
    store.register(store.save_model(2.0))
    store.point(champion=3)
    scored_by(store, call("score_customers", rows, "latest"), 10, 2.0, rows)


def test_missing_champion_is_an_error(call: Ask, store: Store, rows: pd.DataFrame) -> None:
    store.register(store.save_model(0.0))
    run = call("score_customers", rows, may_raise=True)
    assert run.error is not None, told(
        f"{run.said} The only version, 1, was registered and never promoted.",
        "Expected: an error. There is no champion, and nothing stands in for it.",
        "In production: somebody deletes an alias by mistake, and from that hour the model of a"
        " trial scores, without a word.",
    )
    store.point(champion=1)
    run = call("score_customers", rows, "previous", may_raise=True)
    assert run.error is not None, told(
        f"{run.said} The aliases are {store.aliases}.",
        "Expected: an error. 'previous' was asked for, and the champion does not stand in for it.",
        "In production: somebody compares last week's model with today's, and finds no difference.",
    )


# Task 4: back in one call


@pytest.fixture
def bad_night(store: Store) -> Store:
    """Make four versions: 3 is champion, 1 was; 2 and 4 never were."""
    for _ in range(4):
        store.register()
    store.point(champion=3, previous=1)
    return store


def after(store: Store) -> str:
    """Say what matters after a night like that."""
    marked = [number for number, one in store.versions.items() if "rolled_back" in one.tags]
    return f"versions {list(store.versions)}, 'rolled_back' {marked}, aliases {store.aliases}"


def test_previous_champion_is_back(call: Ask, bad_night: Store) -> None:
    run = call("roll_back")
    assert run.value == 1 and bad_night.aliases == {"champion": 1}, told(
        f"{run.said} The aliases are {bad_night.aliases}.",
        "Before: {'champion': 3, 'previous': 1}. Expected: 1, and {'champion': 1}.",
        "In production: it is 3 a.m., and what comes back never was champion, or nothing does.",
    )
    bad_night.client.delete_registered_model_alias("churn", "champion")
    bad_night.point(previous=2)
    run = call("roll_back")
    assert run.value == 2 and bad_night.aliases == {"champion": 2}, told(
        f"{run.said} The aliases are {bad_night.aliases}.",
        "Before: {'previous': 2}, no champion. Expected: 2, and {'champion': 2}.",
        "In production: a colleague has deleted the bad version, and its alias has gone with it."
        " Now nobody scores, and the way back fails as well.",
    )


def test_version_taken_back_is_marked_and_kept(call: Ask, bad_night: Store) -> None:
    run = call("roll_back")
    expected = "versions [1, 2, 3, 4], 'rolled_back' [3]"
    assert after(bad_night).startswith(expected), told(
        f"{run.said} Now: {after(bad_night)}. Expected: {expected}.",
        "In production: without the tag the nightly job promotes it again, it still has the best"
        " metric. Without the version nobody finds out what was wrong with it.",
    )


def test_second_call_does_not_bring_it_back(call: Ask, bad_night: Store) -> None:
    first, second = call("roll_back"), call("roll_back", may_raise=True)
    assert second.error is not None and bad_night.aliases == {"champion": 1}, told(
        f"First {first.said} Then {second.said} The aliases are {bad_night.aliases}.",
        "Expected: the second call raises, and the champion is still version 1.",
        "In production: two colleagues are called at 3 a.m., both roll back, and the second one"
        " brings the bad model back.",
    )


def test_nothing_to_go_back_to_is_an_error(call: Ask, bad_night: Store) -> None:
    bad_night.client.delete_registered_model_alias("churn", "previous")
    run = call("roll_back", may_raise=True)
    expected = "versions [1, 2, 3, 4], 'rolled_back' [], aliases {'champion': 3}"
    assert run.error is not None and after(bad_night) == expected, told(
        f"{run.said} Now: {after(bad_night)}.",
        f"There was no alias 'previous'. Expected: an error, and as before {expected}.",
        "In production: whoever is on call believes that it is over, and it is not.",
    )
