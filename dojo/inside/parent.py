"""Be the warm parent of sandboxes: import what a kata needs, then fork a keeper for each sandbox.

It runs with an environment that holds no secret, has one thread, and ends with its line to the
grader. What it leaves behind, its reaper kills (`dojo/ground/processes.py`) and the grader's
janitor removes. Engines are entered once, so that all that they import lazily is here, and
ended: each sandbox has its own. What no kata has asked for yet is not here: each fork would pay
for it.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import socket
import sys
from pathlib import Path

from dojo.catalog.kata import CatalogError, Kata, load_catalog
from dojo.engines import ENGINES
from dojo.engines.prefect import engine as prefect
from dojo.engines.prefect import server as prefect_server
from dojo.engines.templates import EngineError
from dojo.ground import processes
from dojo.ground.run_folder import Room
from dojo.inside.examination import run
from dojo.sandbox.init import Corner, keep
from dojo.sandbox.walls import Limits
from dojo.warm.parent import Server
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
    """Serve until the line ends: `python -m dojo.inside.parent ROOT FD FOLDER`."""
    line = Line(socket.socket(fileno=int(sys.argv[2])))
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1):  # standard error is its log, which the grader has opened
        os.dup2(nothing, target)
    room = Corner(Path(sys.argv[3]))
    room.furnish()
    os.environ["HOME"] = str(room.folder("home"))
    try:
        parent = _WarmParent(Path(sys.argv[1]), room)
        line.send({"ready": os.getpid()})
        parent.serve(line)
    except (EngineError, CatalogError) as error:
        line.send({"fault": str(error)})
    except LineClosed:
        pass


class _WarmParent:
    def __init__(self, root: Path, room: Room) -> None:
        for name in _NEEDED_BY_ALL:
            importlib.import_module(name)
        for engine in ENGINES.values():
            engine.isolate(room)
        self._room = room
        self._katas = {kata.id: kata for kata in load_catalog(root)}
        self._server = Server(root, room, os.open(os.devnull, os.O_WRONLY))
        self._prepared: set[tuple[str, ...]] = set()
        self._has_prefect_server = False
        self._children: set[int] = set()
        gc.collect()
        gc.freeze()

    def serve(self, line: Line) -> None:
        """Fork a keeper for each request until the line ends."""
        new_root = self._room.folder("root")
        while True:
            ready = select.select([line], [], [], 0.5)[0]
            self._reap()
            if not ready:
                continue
            message, fds = line.receive_with_fds()
            if message["kata"]:
                try:
                    kata = self._katas[message["kata"]]
                    self._prepare(kata.model_copy(update={"needs": message["needs"]}))
                except EngineError as error:
                    os.close(fds[0])
                    line.send({"fault": str(error)})
                    continue
            pid = processes.fork()
            if pid == 0:
                os.setpgid(0, 0)
                keep(
                    fds[0],
                    Path(message["room"]),
                    Path(message["log"]),
                    new_root,
                    message["level"],
                    Limits(**message["limits"]),
                    run,
                )
            os.close(fds[0])
            self._children.add(pid)
            line.send({"keeper": pid})

    def _reap(self) -> None:
        for pid in list(self._children):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._children.discard(pid)

    def _prepare(self, kata: Kata) -> None:
        """Import what a kata needs, which all later sandboxes have and pay for at each fork."""
        wanted = (kata.id, *kata.needs)
        if wanted in self._prepared:
            return
        try:
            self._server.prepare(kata)
        finally:
            self._server.close()
        if "prefect" in kata.needs and not self._has_prefect_server:
            prefect_server.rehearse(self._room, prefect.migrated_database(lambda _: None))
            self._has_prefect_server = True
        self._prepared.add(wanted)
        gc.collect()
        gc.freeze()


if __name__ == "__main__":
    main()
