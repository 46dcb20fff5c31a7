"""Be the warm parent of sandboxes: import what a kata needs, then fork a keeper for each sandbox.

It runs with an environment that holds no secret, has one thread, and ends with its line to the
grader. What it leaves behind, its reaper kills (`dojo/ground/processes.py`) and the grader's
janitor removes. Engines are entered once, so that all that they import lazily is here, and
ended: each sandbox has its own. What no kata has asked for yet is not here: each fork would pay
for it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.catalog.kata import CatalogError, load_catalog
from dojo.catalog.pack import own_pack, pack_at
from dojo.engines import ENGINES, register
from dojo.engines.templates import EngineError
from dojo.ground.run_folder import Room, freeze
from dojo.inside.examination import run
from dojo.sandbox.home import Corner
from dojo.sandbox.init import keep
from dojo.sandbox.walls import Limits
from dojo.warm.preparing import Preparing
from dojo.wire.fork_server import serve, take_line
from dojo.wire.line import Line, LineClosed

_NEEDED_BY_ALL = (
    "asyncio",
    "http.cookiejar",
    "pytest",
    "dojo.inside.tests",
    "dojo.sandbox.probe",
    "dojo.running.entry",
    "dojo.world.http.webhook_wire",
)


def main() -> None:
    """Serve until the line ends: `python -m dojo.inside.parent FD ROOT FOLDER`."""
    line = take_line(sys.argv[1])
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1):  # standard error is its log, which the grader has opened
        os.dup2(nothing, target)
    room = Corner(Path(sys.argv[3]))
    room.furnish()
    os.environ["HOME"] = str(room.folder("home"))
    try:
        sandboxes = Sandboxes(Path(sys.argv[2]), room)
        serve(line, sandboxes.begin, room, faults=(EngineError,))
    except (EngineError, CatalogError) as error:
        with contextlib.suppress(LineClosed):
            line.send({"fault": str(error)})


class Sandboxes:
    """What sandboxes share: imports, and engines that were rehearsed, each has its own."""

    def __init__(self, root: Path, room: Room) -> None:
        """Import what all need.

        Args:
            root: The checkout.
            room: This process's own.
        """
        pack = pack_at(root)
        register(pack)
        for name in (*_NEEDED_BY_ALL, *own_pack().fixtures, *pack.fixtures):
            importlib.import_module(name)
        for engine in ENGINES.values():
            engine.isolate(room)
        self._room = room
        self._new_root = room.folder("root")
        self._katas = {kata.id: kata for kata in load_catalog(root)}
        self._preparing = Preparing(room, lambda name: ENGINES[name].rehearse_inside(room))
        freeze()

    def begin(self, request: dict[str, Any], line: Line) -> Callable[[], None]:
        """Prepare for a sandbox; return what its keeper is to do; see `fork_server.serve`.

        Args:
            request: `kata`, its id or "", and what it `needs`; for the keeper `room`, `log`,
                `level` and `limits`.
            line: To who asked.

        Raises:
            EngineError: An engine does not start.
        """
        if request["kata"]:
            kata = self._katas[request["kata"]]
            self._preparing.prepare(kata.model_copy(update={"needs": request["needs"]}))
        return lambda: keep(
            line.release(),
            Path(request["room"]),
            Path(request["log"]),
            self._new_root,
            request["level"],
            Limits(**request["limits"]),
            run,
        )


if __name__ == "__main__":
    main()
