"""Be the warm parent of sandboxes: import what katas need, then fork a keeper for each sandbox.

It runs with an environment that holds no secret, has one thread, and ends with its line to the
grader. Its engines were entered once, so that all that they import lazily is here, and ended:
each sandbox has its own.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import socket
import sys
from pathlib import Path

from dojo.catalog import CatalogError, load_catalog
from dojo.engines import ENGINES, prefect, prefect_server
from dojo.engines.templates import EngineError
from dojo.grading import kernel
from dojo.grading.keeper import keep
from dojo.grading.sandbox import Limits
from dojo.grading.wire import Line, LineClosed
from dojo.room import Room
from dojo.warm.server import Server


def main() -> None:
    """Serve until the line ends: `python -m dojo.grading.parent ROOT FD`."""
    line = Line(socket.socket(fileno=int(sys.argv[2])))
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    room = Room()
    room.furnish()
    os.environ["HOME"] = str(room.folder("home"))
    with contextlib.ExitStack() as ends:
        ends.callback(room.close)
        try:
            _prepare(Path(sys.argv[1]), room)
            line.send({"ready": True, "room": str(room.path)})
            _serve(line, room)
        except (EngineError, CatalogError) as error:
            line.send({"fault": str(error)})
        except LineClosed:
            pass


def _prepare(root: Path, room: Room) -> None:
    import asyncio  # noqa: F401
    import http.cookiejar  # noqa: F401

    import dojo.grading.desk
    import dojo.grading.pristine
    import dojo.grading.probe  # noqa: F401

    for engine in ENGINES.values():
        engine.isolate(room)
    with contextlib.ExitStack() as engines:
        server = Server(root, room, os.open(os.devnull, os.O_WRONLY))
        engines.callback(server.close)
        for kata in load_catalog(root):
            server.prepare(kata)
    if "prefect" in sys.modules:
        prefect_server.rehearse(room, prefect.migrated_database(lambda _: None))
    gc.collect()
    gc.freeze()


def _serve(line: Line, room: Room) -> None:
    new_root = room.folder("root")
    children: set[int] = set()
    while True:
        ready = select.select([line], [], [], 0.5)[0]
        for pid in list(children):
            if os.waitpid(pid, os.WNOHANG)[0]:
                children.discard(pid)
                room.release(pid)
        if not ready:
            continue
        message, fds = line.receive_with_fds()
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            kernel.die_with_parent()
            keep(
                fds[0],
                Path(message["room"]),
                new_root,
                message["level"],
                Limits(**message["limits"]),
            )
        os.close(fds[0])
        children.add(pid)
        room.adopt(pid)
        line.send({"keeper": pid})


if __name__ == "__main__":
    main()
