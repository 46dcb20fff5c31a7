"""Start the processes that run tests, ask and end them: the supervisor's end of the line."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import pytest

from dojo.catalog.verdict import Cause
from dojo.engines.templates import EngineError
from dojo.ground.endings import Ending, of_exit_code
from dojo.ground.foreign import read_json
from dojo.ground.run_folder import Forked, Room
from dojo.running.child import serve
from dojo.running.session import KataRun
from dojo.wire.told import read_reports

CHILD_VARIABLE = "DOJO_CHILD"

_GRACE_S = 2.0
_START_TIMEOUT_S = 120
_MESSAGE_LIMIT = 64 * 1024 * 1024
_TIMES_AT_MOST = 8.0


def times_longer() -> float:
    """Return how much longer than on an idle machine a test may take now, 1 to 8.

    It is the load a core, of the last minute: where fifteen programs share two cores, a test that
    takes five seconds comes to no end within thirty.
    """
    try:
        load = os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows; a place without /proc
        return 1.0
    return min(max(load / (os.cpu_count() or 1), 1.0), _TIMES_AT_MOST)


class Broken(Exception):
    """The child did not report.

    Attributes:
        cause: As in a verdict.
        message: What the learner reads.
        ending: How the child ended; None if that is not why.
    """

    def __init__(self, cause: Cause, message: str, ending: Ending | None = None) -> None:
        """Say why."""
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.ending = ending


class Child:
    """The supervisor's view of one child process.

    Attributes:
        pid: Its process id.
        importing: Whether it is importing the solution just now.
    """

    def __init__(
        self,
        pid: int,
        poll: Callable[[], int | None],
        kill: Callable[[], None],
        connection: Connection,
    ) -> None:
        """Take over a child that was started.

        Args:
            pid: Its process id.
            poll: Returns its exit code; None while it lives.
            kill: Ends it and its group.
            connection: The line to it.
        """
        self.pid = pid
        self._poll = poll
        self._kill = kill
        self._connection = connection
        self.importing = False

    def ask(self, nodeid: str, following: str, timeout_s: float) -> Any:
        """Have one test run; return what the child calls its reports.

        Raises:
            Broken: The child died, hung or spoke nonsense; it is gone.
        """
        deadline = time.monotonic() + timeout_s
        try:
            self._connection.send_bytes(json.dumps({"nodeid": nodeid, "next": following}).encode())
            while time.monotonic() < deadline:
                if self._connection.poll(0.05):
                    message = read_json(self._connection.recv_bytes(_MESSAGE_LIMIT))
                    if message.get("pid") != self.pid:
                        continue
                    if "reports" in message:
                        return message["reports"]
                    self.importing = bool(message.get("importing"))
                elif self._poll() is not None:
                    raise self._ended()
        except (EOFError, OSError):
            self._await_end()
            raise self._ended() from None
        except (ValueError, AttributeError):
            self._refuse()
        finally:
            if self._poll() is not None:
                self._kill()
        self._kill()
        raise Broken("hang", "")

    def _ended(self) -> Broken:
        """Say how the child ended; one that hung up and lives on is killed."""
        ending = of_exit_code(self._poll())
        if ending.kind == "stopped":
            self._kill()
        return Broken("exit", ending.told_to_author, ending)

    def read(self, told: Any, item: pytest.Item) -> list[pytest.TestReport]:
        """Read what the child calls the reports of a test.

        Raises:
            Broken: They are none; the child is gone.
        """
        try:
            return read_reports(item.config, told, item.nodeid)
        except ValueError:
            self._refuse()

    def _refuse(self) -> NoReturn:
        self._kill()
        raise Broken("exit", "The test's process wrote into the dojo's own pipe.") from None

    def end(self) -> None:
        """Hang up, give the child a moment to tear down, then kill what is left of its group."""
        self._connection.close()
        self._await_end()
        self._kill()

    def _await_end(self) -> None:
        end = time.monotonic() + _GRACE_S
        while self._poll() is None and time.monotonic() < end:
            time.sleep(0.005)


def fork_child(session: pytest.Session, room: Room, timeout_s: float) -> Child:
    """Start a child with this process's session.

    Args:
        session: What it runs tests of.
        room: The run's folder.
        timeout_s: After how many seconds of a test it writes down where that was.
    """
    ours, theirs = Pipe()

    def main() -> None:
        ours.close()
        serve(session, theirs, room, timeout_s)

    with warnings.catch_warnings():
        # An xdist worker has a thread of its own, which the child does not need.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = Forked(main, room)
    theirs.close()
    return Child(process.pid, process.poll, process.kill, ours)


def spawn_child(run: KataRun, session: pytest.Session, room: Room) -> Child:
    """Start a child where there is no fork: pytest again, which then asks here for its tests."""
    key = secrets.token_hex(16)
    log = room.folder("logs") / "child.log"
    files = sorted({str(item.path) for item in session.items})
    replay = session.config.getoption("replay_file")
    with socket.create_server(("127.0.0.1", 0)) as server, log.open("wb") as output:
        where = f"{server.getsockname()[1]}:{key}:{json.dumps(run.addresses)}"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
                *(f"--rootdir={session.config.rootpath}", f"--solutions={run.solutions.spec}"),
                # As a mark has it in a fork: here nobody enters the hook that reads the mark.
                *("-W", "ignore"),
                f"--capture={session.config.option.capture}",
                f"--tb={session.config.option.tbstyle}",
                *([f"--replay-file={replay}"] if replay else []),
                *files,
            ],
            env={**os.environ, CHILD_VARIABLE: where},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        room.adopt(process.pid)

        def kill() -> None:
            with contextlib.suppress(AttributeError, OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
            room.release(process.pid)

        connection = _accept(server, key, process)
        if connection is None:
            kill()
            last = log.read_text(errors="replace").strip().splitlines()[-3:]
            raise EngineError(f"the process that runs the tests does not start: {' '.join(last)}")
    return Child(process.pid, process.poll, kill, connection)


def _accept(server: socket.socket, key: str, process: subprocess.Popen[bytes]) -> Connection | None:
    """Wait for the child's call; None if it ends or does not call."""
    server.settimeout(0.1)
    end = time.monotonic() + _START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < end:
        try:
            caller, _ = server.accept()
        except TimeoutError:
            continue
        caller.setblocking(True)
        connection = Connection(caller.detach())
        if connection.recv_bytes(len(key)) == key.encode():
            return connection
        connection.close()
    return None
