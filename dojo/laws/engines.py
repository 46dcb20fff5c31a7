"""Know what the engines keep for a whole process: what of it is theirs, what a solution left on.

One place an engine; each exception to a law has its reason.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from typing import Any

from dojo.world.clock import SOLUTION_MODULE

# MLflow tells its own child processes where the store is. The pages have their readers call
# `set_tracking_uri` and `set_experiment`, which write these; `dojo.engines.mlflow.forget` resets
# them after each test.
_MLFLOW_VARIABLES = frozenset(
    {"MLFLOW_EXPERIMENT_ID", "MLFLOW_REGISTRY_URI", "MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"}
)

# A library may set these up when it is imported, and whoever is the first to use it imports it:
# handlers of the root logger (Prefect), variables for its own threads (scikit-learn), and so on.
SET_UP_ON_IMPORT = (
    *("environment", "hooks", "imports", "interpreter", "logging", "options", "patches"),
    *("signals", "warnings"),
)


def imported() -> int:
    """Return how many modules were imported, the solution left out."""
    return len(sys.modules) - (SOLUTION_MODULE in sys.modules)


def foreign(variables: Iterable[str]) -> list[str]:
    """Return the environment variables that are not an engine's own."""
    return [name for name in list(variables) if name not in _MLFLOW_VARIABLES]


def active_run() -> dict[str, Any]:
    """Return the id of the run that this thread logs into."""
    mlflow: Any = sys.modules.get("mlflow")
    if mlflow is None or not hasattr(mlflow, "active_run"):
        return {}
    run = mlflow.active_run()
    return {"": run.info.run_id if run is not None else None}


def end_run(_: str, __: object) -> None:
    """End the run that was left open."""
    sys.modules["mlflow"].end_run()


def autologging() -> dict[str, str]:
    """Return the libraries whose trainings are logged without a word."""
    utils: Any = sys.modules.get("mlflow.utils.autologging_utils")
    if utils is None:
        return {}
    settings = dict(getattr(utils, "AUTOLOGGING_INTEGRATIONS", {}))
    return {name: "on" for name, one in settings.items() if one and not one.get("disable")}


def stop_autologging(name: str, _: object) -> None:
    """Have a library not log by itself any more."""
    flavor: Any = sys.modules.get(f"mlflow.{name}")
    if flavor is not None:
        flavor.autolog(disable=True)


def prefect_settings() -> dict[str, Any]:
    """Return the settings that a flow started here would have."""
    context: Any = sys.modules.get("prefect.context")
    if context is None:
        return {}
    with contextlib.suppress(Exception):
        found = context.SettingsContext.get()
        return {"": None if found is None else found.settings}
    return {}


def keep(_: str, __: object) -> None:
    """Leave it: only who has entered a context of settings can end it."""


def keeps_open(file: str) -> bool:
    """Say whether an engine keeps a file open for as long as the process lives."""
    # A library reads its own files, such as fonts, for as long as it likes.
    if file.startswith((sys.prefix, sys.base_prefix)):
        return True
    # SQLAlchemy keeps MLflow's connections to a store in a pool, for whoever asks next.
    return any(file.startswith(one) for one in _stores())


def _stores() -> set[str]:
    found: set[str] = set()
    for kind in ("tracking", "model_registry"):
        module: Any = sys.modules.get(f"mlflow.store.{kind}.sqlalchemy_store")
        engines = getattr(getattr(module, "SqlAlchemyStore", None), "_engine_map", {})
        found |= {str(uri).split(":///", 1)[-1].split("?", 1)[0] for uri in list(engines)}
    return found
