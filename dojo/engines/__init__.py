"""Real engines, quick and isolated."""

from __future__ import annotations

import re
from contextlib import ExitStack
from importlib.util import find_spec

from dojo.catalog.kata import Kata
from dojo.engines.dagster.engine import ENGINE as DAGSTER
from dojo.engines.mlflow.engine import ENGINE as MLFLOW
from dojo.engines.prefect.engine import ENGINE as PREFECT
from dojo.engines.protocol import Engine, Say
from dojo.engines.templates import EngineError
from dojo.engines.waiting import told_if_long
from dojo.ground.libraries.seam import SeamMissing
from dojo.ground.run_folder import Room, said_of_disk

ENGINES: dict[str, Engine] = {
    "dagster": DAGSTER,
    "mlflow": MLFLOW,
    "prefect": PREFECT,
}

# No line's end in it: over a file of empty lines a search for `^\s*` goes once a line, for hours.
_INDENTED = r"(?m)^[^\S\n]*"


def for_solution(kata: Kata, content: bytes) -> Kata:
    """Return a kata that needs, besides its own engines, those which a solution imports.

    The work of one kata may be run by the engine of another one, if that is installed.
    """
    text = content.decode(errors="replace")
    imported = [
        name
        for name in sorted(ENGINES.keys() - set(kata.needs))
        if re.search(rf"{_INDENTED}(import|from)\s+{name}\b", text) and find_spec(name)
    ]
    return kata.model_copy(update={"needs": [*kata.needs, *imported]}) if imported else kata


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
        EngineError: It does not start, is not installed, or lacks what we use of it.
    """
    try:
        with told_if_long(say, f"{name} to start"):
            return until.enter_context(ENGINES[name].running(room, say))
    except SeamMissing as error:
        raise EngineError(str(error)) from None
    except OSError as error:
        raise EngineError(f"{name} cannot start: {said_of_disk(error)}") from error
    except ImportError as error:
        raise EngineError(
            f"{name} cannot be imported ({error}); what its track needs comes with:"
            f" dojo install {name}"
        ) from error
