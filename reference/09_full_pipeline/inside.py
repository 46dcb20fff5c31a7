"""What the examination of 09_full_pipeline has run inside: stores, and what befalls a call.

`fill` has a process of its own; the others get the submission.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines.mlflow import troubled
from dojo.inside.stores import make_store, open_store
from dojo.world.impatience import impatience

__all__ = [
    "beside",
    "compare",
    "fill",
    "limit_of",
    "look",
    "make_store",
    "release",
    "score",
    "stay",
    "undo",
]

_MODEL, _METRIC = "churn", "val_auc"
_NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
_COLUMNS = [*_NUMBERS, "month-to-month", "one year", "two years"]
# What an earlier night has left: a run with a model for each, and the column that it looks at.
_MODELS = {"strict": "support_calls", "generous": "monthly_charges"}
_NO_ANSWER = "no answer from the database: host not found"
# What may be noted on a version once it is made.
_NOTES = ("set_model_version_tag", "update_model_version", "set_registered_model_tag")
_UNKNOWN = 70.0  # what those models take a blank for


class Stopped(KeyboardInterrupt):
    """Somebody stops the process."""


class _Store:
    """A store, and who else works with it."""

    def __init__(self, folder: Path, runs: dict[str, list[str]]) -> None:
        from mlflow import MlflowClient

        self.folder, self.runs = folder, runs
        self.uri = f"sqlite:///{folder}/mlflow.db"
        self.client = MlflowClient(self.uri, registry_uri=self.uri)

    def version(
        self, name: str, auc: float | None = None, model: str = _MODEL, run: str = ""
    ) -> int:
        """Make a version of an earlier model; its run, or another, has this METRIC from now on."""
        from mlflow.entities import Metric

        run_id, source = self.runs[run or name][0], self.runs[name][1]
        if auc is not None:
            self.client.log_batch(run_id, [Metric(_METRIC, auc, 0, 0)])
        if not self.read("SELECT name FROM registered_models WHERE name = ?", model):
            self.client.create_registered_model(model)
        return int(self.client.create_model_version(model, source, run_id).version)

    def champion(self, name: str, auc: float | None = None, model: str = _MODEL) -> int:
        """Make a version from an earlier run, the champion."""
        version = self.version(name, auc, model)
        self.client.set_registered_model_alias(model, "champion", str(version))
        return version

    def read(self, query: str, *given: str) -> list[tuple[Any, ...]]:
        """Read the database."""
        with contextlib.closing(sqlite3.connect(self.folder / "mlflow.db")) as database:
            return database.execute(query, given).fetchall()

    @property
    def registry(self) -> list[Any]:
        """Read the versions' numbers, and where the alias champion is."""
        versions = self.read(
            "SELECT version FROM model_versions WHERE name = ?"
            " AND current_stage != 'Deleted_Internal' ORDER BY 1",
            _MODEL,
        )
        champions = self.read(
            "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = 'champion'",
            _MODEL,
        )
        return [[one for (one,) in versions], int(champions[0][0]) if champions else None]

    def photograph(self) -> dict[str, set[str]]:
        """Read all rows of all tables, and the names of the files."""
        tables = self.read("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {name: set(map(str, self.read(f'SELECT * FROM "{name}"'))) for (name,) in tables}
        files = {str(one.relative_to(self.folder)) for one in self.folder.rglob("*")}
        own = ("mlflow.db", "before.db")  # beside a model that is loaded, MLflow itself writes
        left = {one for one in files if not one.startswith(own) and "registered_model_m" not in one}
        return {**found, "files": left}

    def others(self) -> dict[str, set[str]]:
        """Read what else is in the registry: other models, and other aliases."""
        there = self.photograph()
        own = "'champion'", f"'{_MODEL}'"
        aliases = {
            one for one in there["registered_model_aliases"] if not all(part in one for part in own)
        }
        versions = {one for one in there["model_versions"] if f"'{_MODEL}'" not in one}
        return {"aliases": aliases, "versions": versions, "tags": there["registered_model_tags"]}

    def back(self) -> None:
        """Put back what `fill` has left, also while somebody has it open."""
        with (
            contextlib.closing(sqlite3.connect(self.folder / "before.db")) as old,
            contextlib.closing(sqlite3.connect(self.folder / "mlflow.db")) as new,
        ):
            old.backup(new)


def fill(folder: Path) -> dict[str, list[str]]:
    """Make the stores `ours` and `theirs`, with a run and a model each; return where they are."""
    import mlflow
    import numpy
    import pandas
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    (folder / "ours").mkdir()
    make_store(folder / "ours")
    open_store(folder / "ours")
    place = (folder / "ours" / "earlier").as_uri()
    experiment = mlflow.create_experiment("earlier", artifact_location=place)
    runs = {}
    for name, column in _MODELS.items():
        rows = pandas.DataFrame([[0.0] * 6, [1.0] * 6], columns=_COLUMNS)
        model = LogisticRegression().fit(rows, [0, 1])
        model.coef_ = numpy.array([[0.02 * (one == column) for one in _COLUMNS]])
        model.intercept_ = numpy.array([-2.0])
        known = SimpleImputer(strategy="constant", fill_value=_UNKNOWN).fit(rows)
        model = make_pipeline(known.set_output(transform="pandas"), model)
        with mlflow.start_run(experiment_id=experiment, run_name=name) as run:
            info = mlflow.sklearn.log_model(
                model, name="model", pip_requirements=[], skops_trusted_types=["numpy.dtype"]
            )
        runs[name] = [run.info.run_id, info.artifact_path]
    _Store(folder / "ours", runs).champion("generous", model="churn-eu")
    shutil.copy(folder / "ours" / "mlflow.db", folder / "ours" / "before.db")
    shutil.copytree(folder / "ours", folder / "theirs")
    _Store(folder / "theirs", runs).client.create_experiment("has the number that ours will have")
    return runs


def _told(call: Callable[[], Any]) -> dict[str, Any]:
    """Say what a call returned or raised; also that it was stopped."""
    try:
        return {"returned": call()}
    except (Exception, Stopped) as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"raised": kinds, "text": str(error)[:500]}


def look(_: Any, folder: Path, runs: dict[str, list[str]], store: str) -> list[Any]:
    """Return what is in a store's registry."""
    return _Store(folder / store, runs).registry


# Task 1


def compare(
    subject: Any,
    _: Path,
    store: str,
    features: Any,
    candidates: dict[str, Any],
    befalls: dict[str, str],
) -> dict[str, Any]:
    """Compare candidates, whose models are not logged.

    What befalls some of them: one `breaks` once it has a METRIC of 1.0, one `stops` the process.
    Tells what came of it, and how the parent run was during the trainings.
    """
    import mlflow

    seen = set()

    def log_model(*__: Any, **___: Any) -> None:
        run: Any = mlflow.active_run()
        parent = run.data.tags.get("mlflow.parentRunId")
        seen.add(mlflow.MlflowClient().get_run(parent).info.status if parent else "none")
        what = befalls.get(run.info.run_name)
        if what == "breaks":
            mlflow.log_metric(_METRIC, 1.0)
            raise OSError("no space left on the disk")
        if what == "stops":
            raise Stopped("the worker is stopped")

    with mock.patch.object(mlflow.sklearn, "log_model", log_model), impatience() as limits:
        told = _told(lambda: subject.compare_candidates(features, store, candidates))
    return {**told, "the parent run meanwhile": sorted(seen), "its waits have limits": bool(limits)}


def limit_of(subject: Any, _: Path, name: str) -> float | None:
    """Return after how many seconds the engine ends a run of a flow."""
    limit: float | None = getattr(getattr(subject, name), "timeout_seconds", None)
    return limit


def beside(subject: Any, _: Path, store: str, features: Any, asked: dict[str, Any]) -> list[Any]:
    """Compare while the caller has a run open; return how that is afterwards."""
    import mlflow

    with (
        mock.patch.object(mlflow.sklearn, "log_model"),
        troubled.callers_run(f"sqlite:///{store}/mlflow.db") as seen,
    ):
        _told(lambda: subject.compare_candidates(features, store, asked))
        return [seen()]


# Task 2


@contextlib.contextmanager
def _as_soon_as(done: str, then: Callable[[], Any], *, instead: bool = False) -> Iterator[None]:
    """Have something happen once, as soon as the registry has done something, or instead of it."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    real, later = getattr(SqlAlchemyStore, done), [then]

    def do(*given: Any, **more: Any) -> Any:
        made = None if instead and later else real(*given, **more)
        while later:
            later.pop()()
        return made

    with mock.patch.object(SqlAlchemyStore, done, do):
        yield


def undo(subject: Any, folder: Path, runs: dict[str, list[str]], name: str) -> dict[str, Any]:
    """Register in a transaction of somebody else's that fails later, with another store open."""
    import mlflow
    from prefect.transactions import transaction

    ours, theirs = _Store(folder / "ours", runs), _Store(folder / "theirs", runs)
    for one in (*_MODELS, *_MODELS):
        theirs.version(one, 0.8)
    subject.open_store(str(theirs.folder))
    elsewhere, run_id = theirs.photograph(), runs[name][0]
    other = next(one for one in _MODELS if one != name)
    seen: dict[str, Any] = {}
    with contextlib.suppress(TimeoutError), transaction():
        seen["then"] = _registered(subject, ours, run_id), ours.registry
        with _as_soon_as("create_model_version", lambda: ours.champion(other, 0.8)):
            seen["beside somebody else"] = _registered(subject, ours, run_id)
        ours.client.set_registered_model_alias(_MODEL, "previous", str(ours.registry[1]))
        others = ours.others()
        subject.open_store(str(theirs.folder))
        raise TimeoutError("a step of a colleague, later")
    seen["when it had failed"] = ours.registry, ours.others() == others
    seen["another store is as before"] = theirs.photograph() == elsewhere
    seen["which is open"] = mlflow.get_tracking_uri() == mlflow.get_registry_uri() == theirs.uri
    with mlflow.start_run() as next_run:
        place = theirs.client.get_experiment(next_run.info.experiment_id).name
    before = ours.registry
    with contextlib.suppress(TimeoutError), troubled.refused_at(1, *_NOTES), transaction():
        _registered(subject, ours, run_id)
        raise TimeoutError("a step of a colleague, later")
    seen["gone where a tag of it was refused"] = ours.registry == before
    return {**seen, "the open experiment": place}


def _registered(subject: Any, store: _Store, run_id: str) -> dict[str, Any]:
    return _told(lambda: subject.register_version(str(store.folder), run_id))


def stay(subject: Any, folder: Path, runs: dict[str, list[str]], name: str) -> dict[str, Any]:
    """Register alone, of a store in trouble, in a transaction that succeeds, and in another one."""
    from prefect.transactions import transaction

    ours, run_id = _Store(folder / "ours", runs), runs[name][0]
    whole = []
    for number in (2, 3):
        before = ours.registry[0]
        with troubled.refused_at(number):
            half = _registered(subject, ours, run_id)
        made = [one for one in ours.registry[0] if one not in before]
        whole.append("raised" in half or made == [half["returned"]])
    ours.back()
    seen: dict[str, Any] = {"one version, or an error, of a store in trouble": whole}
    seen["alone"] = _registered(subject, ours, run_id)
    with transaction():
        seen["in one that succeeds"] = _registered(subject, ours, run_id)
    with contextlib.suppress(TimeoutError), transaction():
        version = _registered(subject, ours, run_id).get("returned")
        ours.client.set_registered_model_alias(_MODEL, "champion", str(version))
        raise TimeoutError("a step of a colleague")
    return {**seen, "in the end": ours.registry}


class _Night:
    """What befalls one release, and what is seen meanwhile."""

    def __init__(self, store: _Store, befalls: str) -> None:
        self.store, self.befalls = store, befalls
        self.during: list[Any] = []
        self.rows: set[int] = set()

    def load(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Load a model to be checked, and look at what the registry has."""

        def load_model(model_uri: str, *given: Any, **more: Any) -> Any:
            seen = [model_uri.startswith("models:"), self.store.registry]
            self.during += [seen] if seen not in self.during else []
            if "deleted" in self.befalls and (now := self.store.registry[1]):
                self.store.client.delete_model_version(_MODEL, str(now))
            if "promoted" in self.befalls:
                self.store.champion("strict", 0.95)
            if "breaks" in self.befalls:
                raise OSError("the disk is gone")
            if "stops" in self.befalls:
                raise Stopped("somebody stops the process")
            model = real(model_uri, *given, **more)
            predict = model.predict_proba

            def predict_proba(rows: Any) -> Any:
                self.rows.add(len(rows))
                return predict(rows)

            model.predict_proba = predict_proba
            return model

        return load_model

    def refuse(self) -> None:
        """Have somebody promote a better version, and then no alias be moved."""
        from mlflow.exceptions import MlflowException

        self.during.append(["an alias is to be moved", self.store.registry])
        self.store.champion("strict", 0.99)
        raise MlflowException(_NO_ANSWER)


def release(
    subject: Any, folder: Path, runs: dict[str, list[str]], features: Any, plan: dict[str, Any]
) -> dict[str, Any]:
    """Release by a plan, in the store as `fill` has left it.

    A plan has the `auc` of the winner, that of the `champion` or None, `gates`, and what `befalls`.
    Tells what came of it, the registry during the check and afterwards, and the check's rows.
    """
    import mlflow

    store = _Store(folder / "ours", runs)
    store.back()
    if plan["champion"] is not None:
        champion = store.champion("strict", plan["champion"])
        store.client.set_registered_model_alias(_MODEL, "previous", str(champion))
    run_id = runs["generous"][0]
    store.client.log_metric(run_id, _METRIC, plan["auc"])
    others, night = store.others(), _Night(store, plan["befalls"])
    winner = {"name": "generous", "run_id": run_id, _METRIC: plan["auc"]}
    with contextlib.ExitStack() as stack:
        load = night.load(mlflow.sklearn.load_model)
        stack.enter_context(mock.patch.object(mlflow.sklearn, "load_model", load))
        if "refused" in plan["befalls"]:
            moved = "set_registered_model_alias"
            stack.enter_context(_as_soon_as(moved, night.refuse, instead=True))
        if "silent" in plan["befalls"]:
            stack.enter_context(_silent_after_the_promotion())
        told = _told(lambda: subject.release(winner, features, str(store.folder), **plan["gates"]))
    return {
        **told,
        "during": night.during,
        "after": store.registry,
        "all else as before": store.others() == others,
        "rows": sorted(night.rows),
    }


@contextlib.contextmanager
def _silent_after_the_promotion() -> Iterator[None]:
    """Have the registry's first answer after an alias has moved be an error."""
    from mlflow.exceptions import MlflowException
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    moved: list[bool] = []

    def read(real: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*given: Any, **more: Any) -> Any:
            if moved:
                moved.clear()
                raise MlflowException(_NO_ANSWER)
            return real(*given, **more)

        return ask

    with contextlib.ExitStack() as stack:
        for name in dir(SqlAlchemyStore):
            if name.startswith(("get_", "search_")):
                asked = read(getattr(SqlAlchemyStore, name))
                stack.enter_context(mock.patch.object(SqlAlchemyStore, name, asked))
        promoted = _as_soon_as("set_registered_model_alias", lambda: moved.append(True))
        stack.enter_context(promoted)
        yield


# Task 4


def score(
    subject: Any, folder: Path, runs: dict[str, list[str]], url: str, night: dict[str, Any]
) -> dict[str, Any]:
    """Score once; the alias moves before, while a model is loaded, and after.

    A night has a `store`; `versions` to be made first, by their models; other `aliases`; to which
    version the alias moves `first`, just `before` a model is loaded, and just `after` (0 takes it
    away); and which other store is `opened` while the customers are loaded. Tells what came of it,
    the customers' order, and what is other in the store.
    """
    import mlflow
    import requests

    store, real = _Store(folder / night["store"], runs), mlflow.sklearn.load_model

    def move(when: str) -> None:
        if (version := night.get(when)) == 0:
            store.client.delete_registered_model_alias(_MODEL, "champion")
        elif version is not None:
            store.client.set_registered_model_alias(_MODEL, "champion", str(version))

    def prepare(real_get: Any, *given: Any, **more: Any) -> Any:
        if "opened" in night:  # by somebody else in this process, while customers are loaded
            subject.open_store(str(folder / night["opened"]))
        return real_get(*given, **more)

    def load(*given: Any, **more: Any) -> Any:
        move("before")
        model = real(*given, **more)
        move("after")
        return model

    for name in night.get("versions", ()):
        # A version may have another model than its run has.
        store.version(name, run=next(one for one in _MODELS if one != name))
    move("first")
    for alias in night.get("aliases", ()):
        store.client.set_registered_model_alias(_MODEL, alias, "1")
    subject.open_store(str(store.folder))  # its experiment may be made by then
    before = store.photograph()
    get = functools.partial(prepare, requests.get)
    with (
        mock.patch.object(mlflow.sklearn, "load_model", load),
        mock.patch.object(requests, "get", get),
    ):
        told = _told(lambda: subject.inference_pipeline(url, str(store.folder)))
    after, value = store.photograph(), told.get("returned")
    scores = value.get("scores") if isinstance(value, dict) else None
    told["order"] = [str(one) for one in scores] if isinstance(scores, dict) else None
    told["other tables"] = sorted(one for one in after if after[one] != before.get(one))
    return told
