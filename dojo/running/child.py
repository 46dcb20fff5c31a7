"""Be the process that holds the solution: run one test after another as the supervisor asks.

What a solution does to its process (`os._exit`, an endless loop, a flood of output) hits this one;
the supervisor reports it and starts another. See docs/decisions/0001-child-process.md.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from dojo.engines import imported
from dojo.ground.paths import cache_dir
from dojo.ground.run_folder import Room
from dojo.running.outcome import OUTPUT_LIMIT_BYTES
from dojo.running.seams import RUN_TEST
from dojo.running.solution import SolutionFault
from dojo.world.network import certificates_read_once, loopback_only


class Line:
    """The child's end of the line to the supervisor."""

    def __init__(self, connection: Connection) -> None:
        """Remember whose end this is: a process that the solution forks has no say."""
        self._connection = connection
        self._pid = os.getpid()

    @property
    def is_mine(self) -> bool:
        """Say whether this is still the process that the supervisor started."""
        return os.getpid() == self._pid

    def receive(self) -> dict[str, Any]:
        """Wait for a command.

        Raises:
            EOFError: The supervisor is gone or has no more.
        """
        command: dict[str, Any] = json.loads(self._connection.recv_bytes())
        return command

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, tagged with this process."""
        if self.is_mine:
            self._connection.send_bytes(json.dumps({"pid": self._pid, **message}).encode())


RESULTS = "results"
LINE = pytest.StashKey[Line]()


def serve(session: pytest.Session, connection: Connection, room: Room, timeout_s: float) -> None:
    """Run the tests that the supervisor names until it hangs up.

    Args:
        session: A session with its items collected.
        connection: The line to the supervisor.
        room: Where the solution's home is, and where the stack of a hanging test is written.
        timeout_s: After how long a test's stack is written.
    """
    line = Line(connection)
    session.config.stash[LINE] = line
    items = {item.nodeid: item for item in session.items}
    stack = stack_file(room, os.getpid()).open("w")
    quick = certificates_read_once()
    with _precautions(room), _own_results(room), loopback_only(), quick:
        while True:
            try:
                command = line.receive()
            except (EOFError, OSError):
                return
            stack.seek(0)
            stack.truncate()
            faulthandler.dump_traceback_later(timeout_s, file=stack)
            item, following = items[command["nodeid"]], items.get(command["next"])
            reports = RUN_TEST.read()(item, log=False, nextitem=following)
            faulthandler.cancel_dump_traceback_later()
            if not line.is_mine:
                os._exit(0)
            write = session.config.hook.pytest_report_to_serializable
            line.send({"reports": [write(config=session.config, report=one) for one in reports]})


def stack_file(room: Room, pid: int) -> Path:
    """Return the file into which a hanging child writes where it hangs."""
    return room.folder("logs") / f"stack-{pid}.txt"


def _own_results(room: Room) -> contextlib.AbstractContextManager[object]:
    stack = contextlib.ExitStack()
    for engine in imported():
        stack.enter_context(engine.results_in(room.path / RESULTS))
    return stack


@contextlib.contextmanager
def _precautions(room: Room) -> Iterator[None]:
    """Keep the solution from the learner's home, the terminal and the disk."""
    # The cache stays where it is: beside the new home there are no migrated databases to copy.
    os.environ["DOJO_CACHE"] = str(cache_dir())
    home = str(room.folder("home"))
    os.environ.update(HOME=home, USERPROFILE=home)
    os.chdir(room.folder("work"))
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT_BYTES, OUTPUT_LIMIT_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)

    def no_debugger(*_: Any, **__: Any) -> None:
        raise SolutionFault(
            "breakpoint() has no terminal here; run the test again with --pdb.", "exception"
        )

    sys.breakpointhook = no_debugger
    yield
