"""Be the warm parent: prepare what a kata needs, then fork one pytest session a run.

It has one thread, or its forks would inherit locks that nobody holds.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.catalog.pack import pack_at
from dojo.catalog.solutions import Solutions, SolutionsNotFound
from dojo.engines import ENGINES, for_solution, register
from dojo.engines.templates import EngineError
from dojo.ground.run_folder import Room
from dojo.running.elsewhere.client import SecondParent
from dojo.warm.preparing import Preparing
from dojo.warm.run import run_pytest
from dojo.wire.fork_server import serve, take_line
from dojo.wire.line import Line, LineClosed


class Runs:
    """What runs share: engines that go on, and a second parent as soon as a kata asks for one."""

    def __init__(self, root: Path, room: Room) -> None:
        """Start nothing yet.

        Args:
            root: The checkout.
            room: This process's own.
        """
        self._root = root
        self._room = room
        self._katas = load_catalog(root)
        self._preparing = Preparing(room)
        self._second: SecondParent | None = None
        self._known_to_second: set[str] = set()

    def begin(self, request: dict[str, Any], line: Line) -> Callable[[], None]:
        """Prepare for a run; return what its fork is to do; see `fork_server.serve`.

        Args:
            request: `kata`, its id, and as in `run_pytest`.
            line: To who asked.

        Raises:
            EngineError: An engine does not start.
        """
        if not self._preparing.are_alive():
            raise SystemExit("an engine is gone")
        kata = find_kata(self._katas, request["kata"])
        second = self._second_parent(kata)
        content = b""
        with contextlib.suppress(SolutionsNotFound):  # the run says so
            content = Solutions(request["solutions"]).content_for(kata)

        def say(text: str) -> None:
            with contextlib.suppress(LineClosed):
                line.send({"say": text})

        self._preparing.prepare(for_solution(kata, content), say)

        def run() -> None:
            addresses, names = self._preparing.addresses, self._preparing.names
            run_pytest(self._root, kata, request, line, addresses, names, second)

        return run

    def close(self) -> None:
        """End the engines and the second parent."""
        if self._second is not None:
            self._second.end()
        self._preparing.close()

    def _second_parent(self, kata: Kata) -> SecondParent | None:
        """Return the second parent, if a kata's tests call solutions elsewhere.

        What the kata needs it imports at the same time as this process.
        """
        if "elsewhere" not in kata.test_file.read_text("utf-8"):
            return None
        if self._second is not None and self._second.has_ended():
            self._second.end()
            self._second = None
        if self._second is None:
            self._second = SecondParent(self._room)
            self._known_to_second = set()
        if kata.id not in self._known_to_second:
            self._second.prepare(kata.reference_file)
            self._known_to_second.add(kata.id)
        return self._second


def main() -> None:
    """Serve until the line ends: `python -m dojo.warm.parent FD ROOT`."""
    line = take_line(sys.argv[1])
    room = Room()
    room.furnish()
    with contextlib.ExitStack() as ends:
        ends.callback(room.close)
        # Killed, it leaves a program of its own group: one that migrates a database, say.
        room.adopt(os.getpid())
        ends.callback(room.release, os.getpid())
        try:
            register(pack_at(Path(sys.argv[2])))
            for engine in ENGINES.values():
                engine.isolate(room)
            runs = Runs(Path(sys.argv[2]), room)
            ends.callback(runs.close)
            serve(line, runs.begin, room, faults=(EngineError,), tells_end=True)
        except (EngineError, CatalogError) as error:
            with contextlib.suppress(LineClosed):
                line.send({"fault": str(error)})


if __name__ == "__main__":
    main()
