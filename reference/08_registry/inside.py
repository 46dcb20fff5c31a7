"""What the examination of 08_registry has run inside.

`play` runs in the submission's process; `intercept_of` has one without it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

from dojo.inside.stores import make_store

_MODEL, _LOOK_ALIKE = "churn", "churn-eu"
_COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]
_DAY_MS = 24 * 3600 * 1000
_CROWD = 1001
_OPTIONS = {
    "pip_requirements": [],
    "pyfunc_predict_fn": "predict_proba",
    "skops_trusted_types": ["numpy.dtype"],
}
# What somebody has written beside the metric, on run and version: the metric counts.
_OTHER_NUMBERS = {"val_auc": "0.66"}
STORES = ("one", "other")


def make_stores(folder: Path) -> None:
    """Make two stores; the working directory has a database of its own."""
    make_store(folder)
    for name in STORES:
        (folder / name).mkdir()
        make_store(folder / name)


def play(subject: Any, folder: Path, seed: str, steps: list[list[Any]]) -> list[Any]:
    """Do one step after the other: fill the registry, call the submission; tell what came of it."""
    play = _Play(subject, folder, seed)
    told = []
    for name, given in steps:
        made = getattr(play, name)(**given)
        told += [made] if made is not None else []
    return told


def intercept_of(folder: Path, version: int) -> Any:
    """Say which model a version of the first store is."""
    import mlflow

    mlflow.set_tracking_uri(_uri(folder / STORES[0]))
    return mlflow.sklearn.load_model(f"models:/{_MODEL}/{version}")[-1].intercept_.tolist()


def _uri(store: Path) -> str:
    return f"sqlite:///{store}/mlflow.db"


class _Play:
    """Two registries, what is to be in them, and calls."""

    def __init__(self, subject: Any, folder: Path, seed: str) -> None:
        from mlflow import MlflowClient

        from dojo.world.draw import Draw

        self.subject, self.folder = subject, folder
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):  # a container's user has no name
            os.environ.pop(name, None)
        os.getuid = lambda: 1_000_710_000
        self.paths = [folder / name for name in STORES]
        self.uris = [_uri(one) for one in self.paths]
        self.clients = [MlflowClient(one, registry_uri=one) for one in self.uris]
        self.nights: dict[tuple[int, str], str] = {}
        self.runs: dict[str, Any] = {}
        draw = Draw(seed)
        self.few = draw.customers(5).frame()[_COLUMNS]
        self.many = draw.customers(0, also=["more than 1000 rows"]).frame()[_COLUMNS]

    # What is in a registry

    def begin(self, night: str, store: int = 0) -> str:
        """Make an experiment, once."""
        if (store, night) not in self.nights:
            self.nights[store, night] = self.clients[store].create_experiment(night)
        return self.nights[store, night]

    def night(self, name: str, store: int = 0) -> None:
        """Make an experiment without a run."""
        self.begin(name, store)

    def train(
        self,
        name: str,
        night: str,
        val: Any,
        status: str = "FINISHED",
        days_ago: int = 0,
        model: str = "model",
        parent: str | None = None,
        store: int = 0,
    ) -> None:
        """Log a run: its metric was another one before, its model lies where MLflow 2 kept it."""
        from mlflow.entities import Metric, Param

        client = self.clients[store]
        began = int(time.time() * 1000) - days_ago * _DAY_MS
        whose = {"mlflow.parentRunId": self.runs[parent].info.run_id} if parent else {}
        tags = {**_OTHER_NUMBERS, **whose}
        run = client.create_run(self.begin(night, store), began, tags, run_name=name)
        values = [] if val is None else [1.0, 0.0, float(val)]
        metrics = [Metric("val_auc", one, step, step) for step, one in enumerate(values)]
        params = [Param(*one) for one in _OTHER_NUMBERS.items()]
        client.log_batch(run.info.run_id, [*metrics, Metric("train_auc", 0.97, 0, 0)], params)
        client.update_run(run.info.run_id, status)
        shutil.copytree(self.save(0.0), self._place(run) / model)
        self.runs[name] = run

    def _place(self, run: Any) -> Path:
        return Path(unquote(run.info.artifact_uri.removeprefix("file://")))

    def log_model(self, name: str, shift: float) -> None:
        """Log a model in a run, and another one of another name after it."""
        import mlflow
        from mlflow.entities import LoggedModelOutput

        run, client = self.runs[name], self.clients[0]
        shutil.rmtree(self._place(run) / "model")
        with self._as_default(), mlflow.start_run(run_id=run.info.run_id):
            mlflow.sklearn.log_model(_make_model(shift), name="model", **_OPTIONS)
        where = (run.info.experiment_id, "calibrator", run.info.run_id)
        other = client.create_logged_model(*where)
        shutil.copytree(self.save(-1.0), unquote(other.artifact_location.removeprefix("file://")))
        client.finalize_logged_model(other.model_id, "READY")
        client.log_outputs(run.info.run_id, [LoggedModelOutput(other.model_id, 0)])

    def save(self, shift: float) -> str:
        """Write a model to a folder; return its address."""
        import mlflow

        path = self.folder / "models" / str(shift)
        if not path.exists():
            mlflow.sklearn.save_model(_make_model(shift), path, **_OPTIONS)
        return str(path)

    def register(
        self,
        run: str | None = None,
        shift: float | None = None,
        model: str = _MODEL,
        store: int = 0,
    ) -> None:
        """Make a version; without a shift it has no model that can be loaded."""
        from mlflow.exceptions import MlflowException

        with contextlib.suppress(MlflowException):
            self.clients[store].create_registered_model(model)
        source = str(self.folder) if shift is None else self.save(shift)
        run_id = self.runs[run].info.run_id if run else None
        with self._as_default(store):
            tags = _OTHER_NUMBERS if run else {}
            self.clients[store].create_model_version(model, source, run_id=run_id, tags=tags)

    def stayed(self) -> None:
        """Register a model that has only ever seen customers who stayed."""
        import mlflow
        import numpy
        from sklearn.dummy import DummyClassifier

        path = self.folder / "models" / "stayed"
        model = DummyClassifier().fit(self.few, numpy.zeros(len(self.few), int))
        mlflow.sklearn.save_model(model, path, **_OPTIONS)
        self.clients[0].create_model_version(_MODEL, str(path))

    def look_alikes(self, night: str, store: int = 0) -> None:
        """Add what is not asked for, and has a name that begins like it: all of it is better."""
        for name in (f"{night}-eu", night.upper()):
            self.train(f"another team's {name}", name, 0.99, store=store)
        self.register(f"another team's {night}-eu", -3.0, _LOOK_ALIKE, store)
        with self._open(store) as database:
            where = f"WHERE name = '{_LOOK_ALIKE}'"
            database.execute(f"UPDATE model_versions SET version = 5000 {where}")
        for alias in ("champion", "previous", "shadow"):
            self.clients[store].set_registered_model_alias(_LOOK_ALIKE, alias, "5000")

    def crowd_of_runs(self, like: str) -> None:
        """Copy a run, often."""
        run_id = self.runs[like].info.run_id
        for table in ("runs", "metrics", "latest_metrics"):
            self._crowd(table, "run_uuid", "printf('%032d', n.i)", f"run_uuid = '{run_id}'")

    def crowd_of_models(self, of: str) -> None:
        """Copy the model of a run, often, as if other runs had logged them later."""
        new, when = "printf('m-%032d', n.i)", "creation_timestamp_ms"
        run_id = self.runs[of].info.run_id
        where = f"source_run_id = '{run_id}' AND name = 'model'"
        self._crowd("logged_models", "model_id", new, where)
        with self._open() as database:
            database.execute(
                f"UPDATE logged_models SET {when} = {when} + 1000, source_run_id ="
                " printf('%032d', substr(model_id, 3)) WHERE model_id LIKE 'm-0000%'"
            )

    def crowd_of_versions(self, like: int) -> None:
        """Copy a version, often; each has a greater number."""
        ours = f"name = '{_MODEL}'"
        [[last]] = self._ask(0, f"SELECT MAX(version) FROM model_versions WHERE {ours}")
        self._crowd("model_versions", "version", f"{last} + n.i", f"{ours} AND version = {like}")

    def _crowd(self, table: str, key: str, new: str, where: str) -> None:
        with self._open() as database:
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            picked = ", ".join(new if name == key else f't."{name}"' for name in names)
            database.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                f" INSERT INTO {table} SELECT {picked} FROM {table} t, n WHERE {where}",
                (_CROWD,),
            )

    def gc(self, versions: list[int]) -> None:
        """Remove the runs of some versions, as `mlflow gc` does."""
        numbers = ", ".join(map(str, versions))
        gone = f"SELECT run_id FROM model_versions WHERE name = '{_MODEL}'"
        with self._open() as database:
            for table in ("metrics", "latest_metrics", "params", "tags", "runs"):
                where = f"run_uuid IN ({gone} AND version IN ({numbers}))"
                database.execute(f"DELETE FROM {table} WHERE {where}")

    def point(self, aliases: dict[str, int | None], store: int = 0) -> None:
        """Set aliases, or remove them."""
        for alias, version in aliases.items():
            if version is None:
                self.clients[store].delete_registered_model_alias(_MODEL, alias)
            else:
                self.clients[store].set_registered_model_alias(_MODEL, alias, str(version))

    def tag(self, version: int, value: str | None) -> None:
        """Mark a version as taken back, or not any more."""
        if value is None:
            self.clients[0].delete_model_version_tag(_MODEL, str(version), "rolled_back")
        else:
            self.clients[0].set_model_version_tag(_MODEL, str(version), "rolled_back", value)

    def do(self, method: str, given: list[Any]) -> None:
        """Have somebody else's client do something."""
        getattr(self.clients[0], method)(*given)

    def delete_run(self, name: str) -> None:
        """Delete a run: MLflow still has it."""
        self.clients[0].delete_run(self.runs[name].info.run_id)

    def forbid_pickles(self) -> None:
        """Have somebody forbid what runs code while it is loaded."""
        os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"

    @contextlib.contextmanager
    def _as_default(self, store: int = 0) -> Iterator[None]:
        import mlflow

        before, registry = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
        mlflow.set_tracking_uri(self.uris[store])
        mlflow.set_registry_uri(self.uris[store])
        yield
        mlflow.set_tracking_uri(before)
        mlflow.set_registry_uri("" if registry == before else registry)

    @contextlib.contextmanager
    def _open(self, store: int = 0) -> Iterator[sqlite3.Connection]:
        path = self.paths[store] / "mlflow.db"
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            yield database

    # Calls

    def call(self, name: str, given: list[Any], store: int = 0) -> dict[str, Any]:
        """Call the submission; tell how that ended, and what is in the registry now."""
        before = self._contents(store)
        ending = self._ending(name, given, store)
        now = self._contents(store)
        changed = sorted(table for table, rows in now.items() if rows != before.get(table))
        names = [name for (name,) in self._ask(store, "SELECT name FROM registered_models")]
        is_made = _MODEL in names
        return {**ending, "now": self._state(store), "changed": changed, "is made": is_made}

    def _ending(self, name: str, given: list[Any], store: int = 0) -> dict[str, Any]:
        tables = {"=few": self.few, "=many": self.many, "=turned": self.few[_COLUMNS[::-1]]}
        # What nobody expects is the model's affair; what is infinite it refuses.
        nan, inf = float("nan"), float("inf")
        calls = [0, 9, 9, 0, 1e5]
        tables["=odd"] = self.few.assign(tenure_months=[-3, 0, 1e6, nan, 0.1], support_calls=calls)
        tables["=endless"] = self.few.assign(monthly_charges=[inf, 60.0, -inf, 61.5, 62.0])
        args = [tables.get(one, one) if isinstance(one, str) else one for one in given]
        try:
            return {"returned": getattr(self.subject, name)(self.uris[store], *args)}
        except NotImplementedError:
            raise
        except Exception:
            return {"raised": True}

    def moving(self, champion: int) -> dict[str, Any]:
        """Score while a colleague moves the champion as soon as the registry has named it."""
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

        def moved(real: Any) -> Any:
            def answer(*given: Any, **more: Any) -> Any:
                found = real(*given, **more)
                with self._open() as database:
                    where = f"name = '{_MODEL}' AND alias = 'champion'"
                    change = f"UPDATE registered_model_aliases SET version = ? WHERE {where}"
                    database.execute(change, (champion,))
                return found

            return answer

        with contextlib.ExitStack() as stack:
            for method in ("get_model_version_by_alias", "get_registered_model"):
                real = moved(getattr(SqlAlchemyStore, method))
                stack.enter_context(mock.patch.object(SqlAlchemyStore, method, real))
            return self._ending("score_customers", ["=few"])

    def troubled(self, how: str, name: str, given: list[Any]) -> dict[str, Any]:
        """Call again and again, each time with another trouble, and once with none at the end."""
        from dojo.engines.mlflow import troubled

        kept = self.folder / "before.db"
        self._copy(self.paths[0] / "mlflow.db", kept)
        before, endings = self._state(0), []
        for number in itertools.count(1):
            trouble: contextlib.AbstractContextManager[Any]
            if how == "lost":
                trouble = troubled.refused_at(number, "get_run", is_lost=True)
            elif how == "silent":
                trouble = (
                    troubled.silent_once_changed() if number == 1 else contextlib.nullcontext()
                )
            else:
                trouble = {"busy": troubled.busy_at, "refused": troubled.refused_at}[how](number)
            with trouble as refused:
                ending = self._ending(name, given)
            endings.append({**ending, "now": self._state(0)})
            self._copy(kept, self.paths[0] / "mlflow.db")
            if number == 2 if how == "silent" else not refused:
                told = {"before": before, "endings": endings[:-1], "done": endings[-1]}
                return {**told, "may change": how == "refused"}
        raise AssertionError("counting comes to no end")

    def lost(self, method: str, name: str, given: list[Any]) -> dict[str, Any]:
        """Call when the answer to a change, which is made, is lost."""
        from dojo.engines.mlflow import troubled

        with troubled.refused_at(1, method, but_made=True):
            ending = self._ending(name, given)
        return {**ending, "now": self._state(0)}

    def stage(self, version: int) -> None:
        """Have old code put a version into a stage."""
        with self._open() as database:
            where = f"name = '{_MODEL}' AND version = {version}"
            database.execute(f"UPDATE model_versions SET current_stage = 'Staging' WHERE {where}")

    def snapshot(self, name: str) -> None:
        """Keep what the registry holds now."""
        self._copy(self.paths[0] / "mlflow.db", self.folder / name)

    def again(self, name: str, store: int = 0) -> None:
        """Begin again with what was kept."""
        self._copy(self.folder / name, self.paths[store] / "mlflow.db")

    def _copy(self, source: Path, target: Path) -> None:
        with (
            contextlib.closing(sqlite3.connect(source)) as old,
            contextlib.closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)

    def _state(self, store: int) -> dict[str, Any]:
        """Say what matters in the registry: versions and their runs, aliases, tags, models."""
        named = dict(self._ask(store, "SELECT run_uuid, name FROM runs"))
        ours = f"WHERE name = '{_MODEL}'"
        versions = self._ask(
            store,
            f"SELECT version, run_id FROM model_versions {ours}"
            " AND current_stage != 'Deleted_Internal' ORDER BY version",
        )
        aliases = self._ask(store, f"SELECT alias, version FROM registered_model_aliases {ours}")
        tags = self._ask(store, f"SELECT version, key FROM model_version_tags {ours}")
        return {
            "versions": [[one, named.get(run_id)] for one, run_id in versions[:20]],
            "in all": [len(versions), versions[-1][0] if versions else 0],
            "aliases": sorted(list(one) for one in aliases),
            "tags": sorted(list(one) for one in tags if not one[1].startswith("mlflow.")),
        }

    def _ask(self, store: int, query: str) -> list[Any]:
        with self._open(store) as database:
            return list(database.execute(query))

    def _contents(self, store: int) -> dict[str, list[Any]]:
        with self._open(store) as database:
            ask = database.execute
            names = list(ask("SELECT name FROM sqlite_master WHERE type = 'table'"))
            return {name: list(ask(f'SELECT * FROM "{name}"')) for (name,) in names}


def _make_model(shift: float) -> Any:
    """Make a tiny model, which knows blanks; each shift gives other probabilities."""
    import numpy
    import pandas
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    usual = SimpleImputer().fit(pandas.DataFrame([[20.0, 60.0, 3.0]], columns=_COLUMNS))
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = numpy.array([0, 1]), len(_COLUMNS)
    model.coef_, model.intercept_ = numpy.array([[-0.05, 0.02, 0.5]]), numpy.array([shift])
    return make_pipeline(usual, model)
