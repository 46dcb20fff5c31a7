"""Know what MLflow keeps for a whole process: its part `states`."""

from __future__ import annotations

import sys
from typing import Any

from dojo.engines.mlflow import seams
from dojo.laws.state.shared import State


def _active_run() -> dict[str, Any]:
    """Return the id of the run that this thread logs into."""
    library: Any = sys.modules.get("mlflow")
    if library is None or not hasattr(library, "active_run"):
        return {}
    run = library.active_run()
    return {"": run.info.run_id if run is not None else None}


def _end_run(_: str, __: object) -> None:
    """End the run that was left open."""
    sys.modules["mlflow"].end_run()


def _autologging() -> dict[str, str]:
    """Return the libraries whose trainings are logged without a word."""
    settings = dict(seams.AUTOLOGGING.peek({}))
    return {name: "on" for name, one in settings.items() if one and not one.get("disable")}


def _stop_autologging(name: str, _: object) -> None:
    """Have a library not log by itself any more."""
    flavor: Any = sys.modules.get(f"mlflow.{name}")
    if flavor is not None:
        flavor.autolog(disable=True)


STATES = (
    State("mlflow_run", "MLflow's active run", _active_run, _end_run, is_of_a_thread=True),
    State(
        "autologging",
        "MLflow's autologging of",
        _autologging,
        _stop_autologging,
        may_appear=False,
        absent="off",
    ),
)
