"""Give MLflow a store of its own in one SQLite file, migrated already."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from dojo.engines.templates import EngineError, copy_template, template

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


def migrated_database(say: Callable[[str], None]) -> Path:
    """Return an empty, migrated MLflow database to copy; see `templates.template`."""
    return template(f"mlflow-{version('mlflow')}", _migrate, say)


def _migrate(path: Path) -> None:
    # The default experiment remembers where artifacts go: a relative folder, set again by the user.
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
    target = folder / "mlflow.db"
    copy_template(migrated_database(say), target)
    return f"sqlite:///{target}"
