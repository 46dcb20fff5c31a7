"""Run each kata test in a child process, and report what the child no longer can."""

from __future__ import annotations

import contextlib
import json
import os
import re
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
from pathlib import Path
from typing import Any, NoReturn

import pytest

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import Cause
from dojo.engines.templates import EngineError
from dojo.ground.endings import Ending, of_exit_code
from dojo.ground.foreign import read_json
from dojo.ground.run_folder import CAN_FORK, Forked, Room
from dojo.running.child import serve, stack_file
from dojo.running.outcome import broken_run_reports
from dojo.running.session import KataRun
from dojo.wire.told import read_reports

CHILD_VARIABLE = "DOJO_CHILD"

_GRACE_S = 2.0
_START_TIMEOUT_S = 120
_AFTER_A_HANG_S = 6.0
_MESSAGE_LIMIT = 64 * 1024 * 1024


class _Broken(Exception):
    """The child did not report."""

    def __init__(self, cause: Cause, message: str, ending: Ending | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.ending = ending


class Supervisor:
    """Runs kata tests in a child; starts another when the solution has broken it."""

    def __init__(self, run: KataRun, session: pytest.Session) -> None:
        """Start nothing yet."""
        self._run = run
        self._session = session
        self._child: _Child | None = None
        self._timeout_s = float(os.environ.get("DOJO_TEST_TIMEOUT") or 30)
        # A kata whose import broke the process: every further test would break it the same way.
        self._broken_imports: dict[str, _Broken] = {}

    def reports_of(
        self, item: pytest.Item, following: pytest.Item | None, kata: Kata
    ) -> list[pytest.TestReport]:
        """Run one test.

        Args:
            item: The test.
            following: The next one that will be asked for; its fixtures are kept.
            kata: The kata it belongs to.

        Returns:
            The child's reports, or ours when it broke.
        """
        assert self._run.room is not None
        started = time.perf_counter()
        known = self._broken_imports.get(kata.id)
        if known is not None:
            return _reports(item, kata, known, 0.0, "")
        child = self._child = self._child or self._start_child()
        try:
            told = child.ask(item.nodeid, following.nodeid if following else "", self._timeout_s)
            return child.read(told, item)
        except _Broken as broken:
            self._child = None
            if broken.cause == "hang":
                stack = stack_file(self._run.room, child.pid)
                ending = Ending("timeout", limit_s=self._timeout_s)
                message = _describe_hang(ending, stack, self._run.solutions.file_of(kata))
                broken = _Broken("hang", message, ending)
                self._timeout_s = min(self._timeout_s, _AFTER_A_HANG_S)
            if child.importing:
                message = f"While your file was imported: {broken.message}"
                broken = _Broken("import", message, broken.ending)
                self._broken_imports[kata.id] = broken
            seconds = time.perf_counter() - started
            return _reports(item, kata, broken, seconds, self._read_output())

    def stop(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _start_child(self) -> _Child:
        room = self._run.room
        assert room is not None
        if not CAN_FORK:
            return _spawn_child(self._run, self._session, room)
        ours, theirs = Pipe()

        def main() -> None:
            ours.close()
            serve(self._session, theirs, room, max(self._timeout_s - 0.5, 0.5))

        with warnings.catch_warnings():
            # An xdist worker has a thread of its own, which the child does not need.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = Forked(main, room)
        theirs.close()
        return _Child(process.pid, process.poll, process.kill, ours)

    def _read_output(self) -> str:
        """Return what the broken test printed: the capture file is shared with the child."""
        capture = self._session.config.pluginmanager.getplugin("capturemanager")
        if capture is None or not capture.is_globally_capturing():
            return ""
        with contextlib.suppress(Exception):
            printed, _ = capture.read_global_capture()
            return str(printed)
        return ""


def _reports(
    item: pytest.Item, kata: Kata, broken: _Broken, seconds: float, printed: str
) -> list[pytest.TestReport]:
    return broken_run_reports(
        item, kata, broken.cause, broken.message, broken.ending, seconds, printed
    )


class _Child:
    """The supervisor's view of one child process."""

    def __init__(
        self,
        pid: int,
        poll: Callable[[], int | None],
        kill: Callable[[], None],
        connection: Connection,
    ) -> None:
        self.pid = pid
        self._poll = poll
        self._kill = kill
        self._connection = connection
        self.importing = False

    def ask(self, nodeid: str, following: str, timeout_s: float) -> Any:
        """Have one test run; return what the child calls its reports.

        Raises:
            _Broken: The child died, hung or spoke nonsense; it is gone.
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
        raise _Broken("hang", "")

    def _ended(self) -> _Broken:
        """Say how the child ended; one that hung up and lives on is killed."""
        ending = of_exit_code(self._poll())
        if ending.kind == "stopped":
            self._kill()
        return _Broken("exit", ending.told_to_author, ending)

    def read(self, told: Any, item: pytest.Item) -> list[pytest.TestReport]:
        """Read what the child calls the reports of a test.

        Raises:
            _Broken: They are none; the child is gone.
        """
        try:
            return read_reports(item.config, told, item.nodeid)
        except ValueError:
            self._refuse()

    def _refuse(self) -> NoReturn:
        self._kill()
        raise _Broken("exit", "The test's process wrote into the dojo's own pipe.") from None

    def end(self) -> None:
        """Hang up, give the child a moment to tear down, then kill what is left of its group."""
        self._connection.close()
        self._await_end()
        self._kill()

    def _await_end(self) -> None:
        end = time.monotonic() + _GRACE_S
        while self._poll() is None and time.monotonic() < end:
            time.sleep(0.005)


def _spawn_child(run: KataRun, session: pytest.Session, room: Room) -> _Child:
    """Start a child where there is no fork: pytest again, which then asks here for its tests."""
    key = secrets.token_hex(16)
    log = room.folder("logs") / "child.log"
    files = sorted({str(item.path) for item in session.items})
    with socket.create_server(("127.0.0.1", 0)) as server, log.open("wb") as output:
        where = f"{server.getsockname()[1]}:{key}:{run.api_url or ''}"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
                *(f"--rootdir={session.config.rootpath}", f"--solutions={run.solutions.spec}"),
                f"--capture={session.config.option.capture}",
                f"--tb={session.config.option.tbstyle}",
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
    return _Child(process.pid, process.poll, kill, connection)


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


def _describe_hang(ending: Ending, stack: Path, solution: Path) -> str:
    message = ending.told_to_author
    with contextlib.suppress(OSError):
        for line in stack.read_text(errors="replace").splitlines():
            found = re.search(r'File "([^"]+)", line (\d+) in (\S+)', line)
            if found and found[1] == str(solution):
                return f"{message} It was at {solution.name}, line {found[2]}, in {found[3]}."
    return f"{message} Look for a loop whose condition never changes, or a wait on nobody."
