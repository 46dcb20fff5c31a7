"""Give MLflow a store of its own in one SQLite file, migrated already."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dojo.engines.mlflow import seams
from dojo.engines.protocol import Engine, Say
from dojo.engines.seams import check_seams
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

    while mlflow.active_run() is not None:
        with contextlib.suppress(Exception):  # taken off the stack before its store is asked
            mlflow.end_run()
    # None is what both are before anybody sets them.
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
    mlflow.set_registry_uri(None)  # type: ignore[arg-type]
    seams.EXPERIMENT.write(None)
    for name in seams.VARIABLES:
        os.environ.pop(f"MLFLOW_{name}", None)


def migrated_database(say: Callable[[str], None]) -> Path:
    """Return an empty, migrated MLflow database to copy; see `templates.template`."""
    return template(f"mlflow-{version('mlflow')}", migrate, say)


@contextlib.contextmanager
def running(room: Room, say: Say) -> Iterator[str]:
    """Have a database to copy; MLflow needs no server."""
    del room
    check_seams(seams.SEAMS)
    migrated_database(say)
    yield ""


def migrate(path: Path) -> None:
    """Have the installed version migrate an empty database to that path: 5 to 15 s.

    Raises:
        EngineError: It cannot.
    """
    done = subprocess.run(
        [sys.executable, "-c", _MIGRATE, str(path), "mlflow-artifacts:/"],
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
    _import_stores()
    check_seams(seams.SEAMS)
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


@functools.cache
def _import_stores() -> None:
    """Import what MLflow keeps in a database, before warnings are errors.

    With SQLAlchemy 2.1 that import warns: in a test of a kata, whoever came first would be blamed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.store.model_registry.sqlalchemy_store
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401


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


def _keeps_open(file: str) -> bool:
    """Say whether SQLAlchemy keeps a connection to a store in a pool, for whoever asks next."""
    found: set[str] = set()
    for seam in seams.STORES:
        stores = list(seam.peek({}))
        found |= {str(uri).split(":///", 1)[-1].split("?", 1)[0] for uri in stores}
    return any(file.startswith(one) for one in found)


def _ask_once(room: Room, say: Say) -> None:
    uri = new_store(room.folder("mlflow"), say)
    from mlflow import MlflowClient

    MlflowClient(tracking_uri=uri).search_experiments()


ENGINE = Engine(
    isolate=lambda _: isolate(),
    running=running,
    rehearse=rehearse,
    settle=look_through_packages,
    forget=forget,
    isolate_inside=isolate,
    variables=("MLFLOW_",),
    title="MLflow",
    packages=("mlflow",),
    frames=("alembic", "mlflow", "sqlalchemy"),
    ports={5000: "MLflow UI"},
    tried=_ask_once,
    lazy=("mlflow.sklearn", "mlflow.store.tracking.sqlalchemy_store"),
    functions=("mlflow.start_run", "mlflow.log_metric", "mlflow.MlflowClient.get_run"),
    # The pages have their readers call `set_tracking_uri` and `set_experiment`, which write these.
    own_variables=tuple(f"MLFLOW_{name}" for name in seams.VARIABLES),
    keeps_open=_keeps_open,
    parts={
        "heard": "dojo.replay.heard.mlflow:heard",
        "left": "dojo.replay.heard.mlflow:left",
        "states": "dojo.laws.state.mlflow:STATES",
    },
    seams=seams.SEAMS,
)
