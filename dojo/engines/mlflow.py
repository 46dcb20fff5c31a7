"""Give MLflow a store of its own in one SQLite file, migrated already."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dojo.engines.protocol import Engine, Say
from dojo.engines.templates import EngineError, copy_template, template
from dojo.ground.run_folder import Room

_MIGRATE = """
import sys
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Registry
uri = "sqlite:///" + sys.argv[1]
for store in (SqlAlchemyStore(uri, sys.argv[2]), Registry(uri)):
    store.engine.dispose()
"""


def isolate() -> None:
    """Forget the learner's own MLflow settings."""
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        del os.environ[name]
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    # It starts a thread, and fills what a test has printed.
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    # A run that logs holds two connections at a time. With the usual fifteen, as many threads hold
    # one each and wait half a minute for another.
    os.environ["MLFLOW_SQLALCHEMYSTORE_POOL_SIZE"] = "100"


def forget() -> None:
    """Forget what a solution has left in MLflow's globals: active runs, experiment, store."""
    if "mlflow" not in sys.modules:
        return
    import mlflow
    from mlflow.tracking import fluent

    while mlflow.active_run() is not None:
        with contextlib.suppress(Exception):  # taken off the stack before its store is asked
            mlflow.end_run()
    # None is what both are before anybody sets them.
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
    mlflow.set_registry_uri(None)  # type: ignore[arg-type]
    fluent._active_experiment_id = None
    names = ("EXPERIMENT_ID", "REGISTRY_URI", "RUN_ID", "TRACKING_URI")
    for name in (f"MLFLOW_{one}" for one in names):
        os.environ.pop(name, None)


def migrated_database(say: Callable[[str], None]) -> Path:
    """Return an empty, migrated MLflow database to copy; see `templates.template`."""
    return template(f"mlflow-{version('mlflow')}", _migrate, say)


@contextlib.contextmanager
def running(room: Room, say: Say) -> Iterator[str]:
    """Have a database to copy; MLflow needs no server."""
    del room
    migrated_database(say)
    yield ""


def _migrate(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MIGRATE, str(path), "mlruns"],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not path.exists():
        last = done.stderr.strip().splitlines()[-1:]
        raise EngineError(
            f"MLflow cannot migrate an empty database: {' '.join(last)};"
            " 'dojo doctor' checks the installed packages"
        )


def new_store(folder: Path, say: Callable[[str], None]) -> str:
    """Put an empty store into `folder`.

    Args:
        folder: An existing folder; the store becomes `mlflow.db` in it.
        say: Is told, in one line, why something takes a while.

    Returns:
        Its tracking URI: `sqlite:///...`.
    """
    _wait_for_no_disk()
    target = folder / "mlflow.db"
    copy_template(migrated_database(say), target)
    # The default experiment remembers a place for artifacts: where the template was made.
    place = (folder.resolve() / "artifacts" / "0").as_uri()
    with contextlib.closing(sqlite3.connect(target)) as database, database:
        database.execute("UPDATE experiments SET artifact_location = ?", (place,))
    return f"sqlite:///{target}"


@functools.cache
def _wait_for_no_disk() -> None:
    """Have SQLite hand its writes to the system and go on: no store outlives its test.

    Waiting for the disk, at each commit, was half of the time of a test.
    """
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")


# MLflow begins each question to a database with it, whatever it asks or changes then.
_QUESTION = "PRAGMA foreign_keys"
_NO_ANSWER = "no answer from the database: host not found"
_CHANGES = ("INSERT", "UPDATE", "DELETE")


@contextlib.contextmanager
def busy_at(number: int) -> Iterator[list[str]]:
    """Have one question to the database find no answer, the others do.

    Args:
        number: Which, from 1. One that comes after a change finds its answer: what is half done
            then is not undone by anybody.

    Yields:
        The error's text, once the question was asked.
    """
    from sqlalchemy import Engine, event

    refused: list[str] = []
    asked = 0

    def answer(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal asked
        if statement.startswith(_CHANGES):
            asked = number  # it is too late for that one
        if not statement.startswith(_QUESTION):
            return
        asked += 1
        if asked == number:
            refused.append(_NO_ANSWER)
            raise ConnectionError(_NO_ANSWER)  # which MLflow makes an INTERNAL_ERROR

    event.listen(Engine, "before_cursor_execute", answer)
    try:
        yield refused
    finally:
        event.remove(Engine, "before_cursor_execute", answer)


# How the names of a client's methods begin.
_ASKING = ("get_", "search_")
_CHANGING = ("create_", "delete_", "log_", "rename_", "set_", "update_")


@contextlib.contextmanager
def heard(hear: Callable[[str], None]) -> Iterator[None]:
    """Have `hear` be told what is asked of a store, by its client's method; it may raise.

    What a client asks in order to do that is its own affair: before each change of an alias it
    looks whether the model is a prompt.
    """
    from mlflow.tracking import MlflowClient

    here = threading.local()

    def told(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def method(*given: Any, **more: Any) -> Any:
            if getattr(here, "is_inside", False):
                return real(*given, **more)
            hear(name)
            here.is_inside = True
            try:
                return real(*given, **more)
            finally:
                here.is_inside = False

        return method

    own = {
        name: real
        for name, real in vars(MlflowClient).items()
        if name.startswith((*_ASKING, *_CHANGING)) and inspect.isfunction(real)
    }
    for name, real in own.items():
        setattr(MlflowClient, name, told(name, real))
    try:
        yield
    finally:
        for name, real in own.items():
            setattr(MlflowClient, name, real)


@contextlib.contextmanager
def refused_at(number: int, *of: str) -> Iterator[list[str]]:
    """Have one change of a store be refused; the others are made.

    Args:
        number: Which, from 1.
        of: The changes that count, by the names of a client's methods. None: all.

    Yields:
        The name of what was refused, once it was.
    """
    from mlflow.exceptions import MlflowException

    refused: list[str] = []
    counted = itertools.count(1)

    def hear(name: str) -> None:
        counts = name in of if of else name.startswith(_CHANGING)
        if counts and next(counted) == number:
            refused.append(name)
            raise MlflowException(_NO_ANSWER)

    with heard(hear):
        yield refused


@contextlib.contextmanager
def silent_once_changed() -> Iterator[list[str]]:
    """Have a store answer no question any more as soon as something was changed in it.

    Yields:
        The names of what was asked in vain.
    """
    from mlflow.exceptions import MlflowException

    changes: list[str] = []
    refused: list[str] = []

    def hear(name: str) -> None:
        if name.startswith(_CHANGING):
            changes.append(name)
        elif changes:
            refused.append(name)
            raise MlflowException(_NO_ANSWER)

    with heard(hear):
        yield refused


@contextlib.contextmanager
def callers_run(uri: str) -> Iterator[Callable[[], str]]:
    """Have the caller of a solution have a run open, in this thread, for the length of a block.

    Args:
        uri: The store that it is in: in its default experiment.

    Yields:
        Says how it is; nothing if it is open and running, as it should be.
    """
    from mlflow.tracking import MlflowClient
    from mlflow.tracking import fluent as untyped

    fluent: Any = untyped
    client = MlflowClient(uri)
    run = client.create_run("0", run_name="the caller's own")
    stack = fluent._active_run_stack.get()
    stack.append(fluent.ActiveRun(run))  # start_run would change which store is the default

    def look() -> str:
        status = client.get_run(run.info.run_id).info.status
        is_active = bool(stack) and stack[-1].info.run_id == run.info.run_id
        said = [] if status == "RUNNING" else [status]
        return ", ".join(said if is_active else [*said, "no longer this thread's active run"])

    try:
        yield look
    finally:
        stack[:] = [one for one in stack if one.info.run_id != run.info.run_id]


def rehearse(folder: Path) -> None:
    """Do once what solutions do, so that what MLflow imports lazily has been imported."""
    import mlflow
    import mlflow.sklearn
    import numpy
    from mlflow.models import infer_signature
    from sklearn.linear_model import LogisticRegression

    numbers = numpy.array([[0.0], [1.0]])
    model = LogisticRegression().fit(numbers, [0, 1])
    mlflow.set_tracking_uri(new_store(folder, lambda _: None))
    mlflow.create_experiment("rehearsal", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("rehearsal")
    with mlflow.start_run() as run:
        mlflow.log_param("name", 1)
        for serialization_format in ("skops", "cloudpickle"):
            logged = mlflow.sklearn.log_model(
                model,
                name="model",
                signature=infer_signature(numbers, [0, 1]),
                pip_requirements=[],
                serialization_format=serialization_format,
            )
            mlflow.pyfunc.load_model(logged.model_uri).predict(numbers)
    mlflow.search_runs()
    mlflow.MlflowClient().get_run(run.info.run_id)


def look_through_packages(folder: Path) -> None:
    """Have MLflow look through all installed packages here, once for all forks of this process.

    It does so when it first saves a model, and remembers. The model is not fitted: the threads of
    OpenMP would be missing in the forks.
    """
    import mlflow.sklearn
    from sklearn.linear_model import LogisticRegression

    mlflow.sklearn.save_model(LogisticRegression(), str(folder / "model"), pip_requirements=[])


ENGINE = Engine(
    isolate=lambda _: isolate(),
    running=running,
    rehearse=rehearse,
    settle=look_through_packages,
)
