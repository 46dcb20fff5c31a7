"""What the examination of 12_churn_pipeline has run inside.

`fill`, `leftovers`, `make_store`, `starts_of` and `stores` have a process without the
submission; the others get it.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import socket
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines.mlflow import troubled
from dojo.inside.another import machine_in
from dojo.inside.deployments import starts_of, told_of
from dojo.inside.stores import make_store, open_store
from dojo.world.clock import SOLUTION_MODULE
from dojo.world.impatience import impatience
from dojo.world.logged import Written, part_of

__all__ = [
    "beside",
    "best_auc",
    "compare",
    "describe",
    "engineer",
    "fail",
    "fill",
    "fits",
    "leftovers",
    "load",
    "make_store",
    "models_of_prefect",
    "optimized",
    "point",
    "seconds_to",
    "set_webhook",
    "starts_of",
    "stores",
    "train",
    "watch_fits",
    "while_others_register",
]

_MODEL = "churn"
_COLUMNS = ("tenure_months", "monthly_charges", "support_calls", "committed")
_NAMES = ("logistic regression", "random forest", "gradient boosting")
_MOST_TREES = 20
# How long it takes on real data: the features 30 minutes, a model 40.
_LASTS = {
    "engineer_features": 1800,
    "data_preparation": 1800,
    "inference_pipeline": 1800,
    "train_model": 2400,
    "compare_models": 2400,
    "training_pipeline": 4200,
}
_fitted: list[list[int]] = []


def _features_of(customers: list[dict[str, Any]]) -> Any:
    """Make features, as `data_preparation` does."""
    import pandas

    frame = pandas.DataFrame(customers).set_index("customer_id")
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float)


def train(
    subject: Any, _: Path, customers: list[dict[str, Any]], settings: dict[str, int]
) -> list[Any]:
    """Train each model on customers one of whom comes twice; return how good it is, and for whom.

    The features have a column more, which knows the answer.
    """
    import pandas

    features = _features_of(customers)
    features = pandas.concat([features.iloc[:1], features])
    features["probability"] = features["churned"]
    found = []
    for name in _NAMES:
        told = subject.train_model(name, features, **settings)
        scores = told["model"].predict_proba(features[list(_COLUMNS)])[:5, 1].tolist()
        found.append([told["name"], float(told["val_auc"]), scores])
    return found


def best_auc(subject: Any, _: Path, url: str, settings: dict[str, int]) -> float:
    """Return the AUC of the best of three as each training tells it, before anybody compares."""
    features = subject.data_preparation(url)
    trained = [subject.train_model(name, features, **settings) for name in _NAMES]
    return max(float(one["val_auc"]) for one in trained)


@contextlib.contextmanager
def _connections(port: int, troubles: list[str]) -> Iterator[list[float | None]]:
    """Have connections to a port find trouble, one each; hear for how long each would have waited.

    Args:
        port: The port.
        troubles: `refused`, `unreached`, `slow`, or `stalls` after the headers; whoever comes
            later finds none.
    """
    real = {name: getattr(socket.socket, name) for name in ("connect", "recv", "recv_into")}
    left, slow, stalls, waits = list(troubles), set(), set(), []

    def connect(self: socket.socket, address: Any) -> Any:
        if not isinstance(address, tuple) or address[1] != port:
            return real["connect"](self, address)
        waits.append(self.gettimeout())
        trouble = left.pop(0) if left else ""
        if trouble == "refused":
            raise ConnectionRefusedError(111, "Connection refused")
        if trouble == "unreached":
            raise TimeoutError("timed out")
        if trouble == "slow":
            slow.add(id(self))
        if trouble == "stalls":
            stalls.add(id(self))
        return real["connect"](self, address)

    def only_headers(this: socket.socket, found: Any, *given: Any) -> Any:
        data = found if isinstance(found, bytes) else bytes(given[0][:found])
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return found
        stalls.discard(id(this))
        slow.add(id(this))  # what comes next does not come
        return found[: end + 4] if isinstance(found, bytes) else end + 4

    def heard(name: str) -> Callable[..., Any]:
        def receive(self: socket.socket, *given: Any) -> Any:
            try:
                is_theirs = self.getpeername()[1] == port
            except (OSError, IndexError):
                is_theirs = False
            if is_theirs:
                waits.append(self.gettimeout())
                if id(self) in slow:
                    slow.discard(id(self))
                    raise TimeoutError("timed out")
            found = real[name](self, *given)
            if is_theirs and id(self) in stalls:
                return only_headers(self, found, *given)
            return found

        return receive

    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(socket.socket, "connect", connect))
        for name in ("recv", "recv_into"):
            stack.enter_context(mock.patch.object(socket.socket, name, heard(name)))
        yield waits


def _are_short(waits: list[float | None]) -> bool:
    """Say whether whoever waited would have given up after 30 s."""
    return all(wait is not None and wait <= 30 for wait in waits)  # 0: who waits is a loop


def load(subject: Any, _: Path, url: str, port: int, troubles: list[str]) -> dict[str, Any]:
    """Load customers while the first connections find trouble."""
    with _connections(port, troubles) as waits:
        try:
            told = {"customers": subject.load_customers(url)}
        except NotImplementedError:
            raise
        except Exception:
            told = {"customers": "raised"}
    return {**told, "gives up in time": _are_short(waits)}


def engineer(subject: Any, _: Path, customers: list[dict[str, Any]], salt: int) -> Any:
    """Make features in a process where `hash` gives other numbers, as it does in each."""
    here = sys.modules[SOLUTION_MODULE]
    salted = lambda one: hash(one) ^ salt * isinstance(one, str | bytes | tuple)  # noqa: E731
    with mock.patch.object(here, "hash", salted, create=True):
        return subject.engineer_features(customers)


def seconds_to(_: Any, __: Path, hour: int, minute: int) -> float:
    """Return the seconds until the clock shows a time of day."""
    import datetime

    now = datetime.datetime.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return ((then - now).total_seconds() + 86400) % 86400


def optimized(_: Any, __: Path, url: str, store: str, wrong: list[dict[str, Any]]) -> list[bool]:
    """Train with wrong parameters as `python -O` does; return whether each was refused."""
    file = sys.modules[SOLUTION_MODULE].__file__ or ""
    module = types.ModuleType("optimized")
    module.__file__ = file
    refused = []
    with mock.patch.dict(sys.modules, optimized=module):
        exec(compile(Path(file).read_text("utf-8"), file, "exec", optimize=1), vars(module))
        for one in wrong:
            try:
                module.training_pipeline(url, store, **one)
                refused.append(False)
            except Exception:
                refused.append(True)
    return refused


def models_of_prefect(_: Any, __: Path) -> list[str]:
    """Name the classes of the models that Prefect's storage of results has."""
    from prefect.results import ResultRecord  # type: ignore[attr-defined]
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH
    from sklearn.base import BaseEstimator

    found = []
    for path in filter(Path.is_file, PREFECT_LOCAL_STORAGE_PATH.value().rglob("*")):
        with contextlib.suppress(Exception):  # none of a result
            value: Any = ResultRecord.deserialize(path.read_bytes()).result
            parts = value.values() if isinstance(value, dict) else [value]
            found += [type(one).__name__ for one in parts if isinstance(one, BaseEstimator)]
    return sorted(found)


def beside(subject: Any, _: Path, url: str, store: str) -> str:
    """Train while the caller has an MLflow run open; return how that is afterwards."""
    with troubled.callers_run(f"sqlite:///{store}/mlflow.db") as look:
        with contextlib.suppress(Exception):
            subject.training_pipeline(url, store, n_estimators=2, max_depth=1, min_auc=1.0)
        return look()


def while_others_register(subject: Any, _: Path, url: str, store: str) -> Any:
    """Train while somebody else registers a model as soon as one was; return the version."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    real = SqlAlchemyStore.create_model_version
    own: list[Any] = []

    def create(this: Any, name: str, source: str, *given: Any, **more: Any) -> Any:
        made = real(this, name, source, *given, **more)
        if not own:
            own.append(made)
            real(this, name, source)
        return made

    with mock.patch.object(SqlAlchemyStore, "create_model_version", create):
        told = subject.training_pipeline(url, store, n_estimators=2, max_depth=1, min_auc=0.0)
    return told.get("version")


def fail(subject: Any, folder: Path, name: str, url: str, port: int, secret: str) -> dict[str, Any]:
    """Have a pipeline fail; return with what, and whether a log has a part of the secret."""
    written, raised = Written(), ""
    with written.hearing(), _connections(port, []) as waits:
        try:
            getattr(subject, name)(url, str(folder))
        except NotImplementedError:
            raise
        except Exception as error:
            raised = f"{type(error).__name__}: {error}"
    return {
        "raised": raised[:300],
        "tells the secret": bool(part_of(secret, written.text)),
        "gives up in time": _are_short(waits),
    }


def watch_fits(_: Any, __: Path) -> None:
    """Note how many trees, and how deep, are asked of each that is fitted."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    for kind in (GradientBoostingClassifier, RandomForestClassifier):

        def fit(model: Any, *given: Any, real: Any = kind.fit, **more: Any) -> Any:
            asked = model.n_estimators
            _fitted.append([asked, model.max_depth])
            model.n_estimators = min(asked, _MOST_TREES)  # a forest takes its time
            real(model, *given, **more)
            model.n_estimators = asked
            return model

        kind.fit = fit


def fits(_: Any, __: Path) -> list[list[int]]:
    """Return what was noted, and forget it."""
    found, _fitted[:] = list(_fitted), []
    return found


def leftovers(folder: Path) -> list[str]:
    """Name what keeps a model beside MLflow's own artifacts."""
    kept = (".pkl", ".pickle", ".joblib")
    found = [path for path in folder.rglob("*") if path.suffix in kept]
    return sorted(path.name for path in found if "artifacts" not in path.parts)


def stores(folder: Path, *names: str) -> list[str]:
    """Make empty stores; the last of them can keep no artifact, as a file is in the way."""
    for name in names:
        (folder / name).mkdir()
        make_store(folder / name)
    (folder / names[-1] / "artifacts").write_text("in the way")
    return [str(folder / name) for name in names]


def point(_: Any, folder: Path, version: int) -> None:
    """Have the alias champion of the store `with` point to a version; to none for 0."""
    import mlflow

    uri = f"sqlite:///{folder}/with/mlflow.db"
    client = mlflow.MlflowClient(uri, registry_uri=uri)
    if version:
        client.set_registered_model_alias(_MODEL, "champion", str(version))
    else:
        client.delete_registered_model_alias(_MODEL, "champion")


def fill(folder: Path, seeds: list[int], champion: int) -> None:
    """Register a model a seed, twice: with a champion in `with`, without one in `without`.

    Each can do without a number that is not known.
    """
    import mlflow
    import numpy
    import pandas
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    for name in ("with", "without"):
        (folder / name).mkdir()
        make_store(folder / name)
    open_store(folder / "with")
    mlflow.create_experiment(_MODEL, artifact_location=(folder / "with" / "artifacts").as_uri())
    mlflow.set_experiment(_MODEL)
    for seed in seeds:
        draws = numpy.random.default_rng(seed)
        cells = draws.normal((36, 70, 4, 0.5), (20, 30, 3, 0.5), size=(40, 4))
        rows = pandas.DataFrame(cells, columns=list(_COLUMNS))
        model = make_pipeline(SimpleImputer(), LogisticRegression())
        model.fit(rows, (draws.random(40) > 0.5).astype(int))
        with mlflow.start_run():
            how: dict[str, Any] = {"serialization_format": "cloudpickle", "pip_requirements": []}
            mlflow.sklearn.log_model(model, name="model", registered_model_name=_MODEL, **how)
    data = (folder / "with" / "mlflow.db").read_bytes()
    (folder / "without" / "mlflow.db").write_bytes(data)
    mlflow.MlflowClient().set_registered_model_alias(_MODEL, "champion", str(champion))


def describe(subject: Any, _: Path, url: str, store: str) -> list[Any]:
    """Tell what the deployments say, and whether their runs take what they are given."""
    known = {}
    for name in ("training_pipeline", "inference_pipeline"):
        flow = getattr(subject, name)
        known[flow.name] = set(inspect.signature(flow).parameters)
    with machine_in("IST-05:30"):  # deployed from Kolkata
        made = subject.deployments(url, store)
    return [
        {**told_of(one), "fits": set(one.parameters) <= known.get(one.flow_name, set())}
        for one in made
    ]


def compare(subject: Any, _: Path, features: Any) -> dict[str, Any]:
    """Compare models; say whether a wait had a limit, and which runs the engine ends too soon."""
    with impatience() as limits:
        told = subject.compare_models(features)
    lasts = {
        name: getattr(getattr(subject, name, None), "timeout_seconds", None) for name in _LASTS
    }
    short = [name for name, limit in lasts.items() if limit and limit <= _LASTS[name]]
    best = {name: told.get(name) for name in ("name", "val_auc")}
    return {"best": best, "limits": bool(limits), "too short": sorted(short)}


def set_webhook(_: Any, __: Path, url: str) -> None:
    """Set the address of the team's channel; without one nobody is told."""
    os.environ.pop("CHURN_WEBHOOK", None)
    if url:
        os.environ["CHURN_WEBHOOK"] = url
