"""The real engines: quick to start, isolated from the learner's own, gone afterwards."""

from __future__ import annotations

from contextlib import ExitStack

from dojo.engines import dagster, mlflow, prefect
from dojo.engines.protocol import Engine, Say
from dojo.engines.templates import EngineError
from dojo.room import Room

ENGINES: dict[str, Engine] = {
    "dagster": dagster.ENGINE,
    "mlflow": mlflow.ENGINE,
    "prefect": prefect.ENGINE,
}


def start(name: str, room: Room, say: Say, until: ExitStack) -> str:
    """Start one of ENGINES.

    Args:
        name: Its name there.
        room: Where its files go, and whose janitor ends its processes.
        say: Is told, in one line, why something takes a while.
        until: The end of this stops it.

    Returns:
        Its address; "" if it needs none.

    Raises:
        EngineError: It does not start, or is not installed.
    """
    try:
        return until.enter_context(ENGINES[name].running(room, say))
    except ImportError as error:
        raise EngineError(
            f"{name} cannot be imported ({error}); install what its track needs:"
            f" pip install -c constraints.txt -e '.[{name}]'"
        ) from error
