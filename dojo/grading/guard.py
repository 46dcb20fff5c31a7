"""The grader's side of the sandboxes: start the warm parent, open sandboxes, ask, kill."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dojo.catalog import Kata
from dojo.engines.templates import EngineError
from dojo.grading.sandbox import Level, Limits
from dojo.grading.wire import Line, LineBroken, LineClosed
from dojo.paths import cache_dir

_START_TIMEOUT_S = 180.0
_OPEN_TIMEOUT_S = 120.0


class GuardFault(Exception):
    """The grader's own machinery failed: no word about any submission."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a process that held a submission ended.

    Attributes:
        code: Its exit code, negative for a signal; None when it had to be killed.
        peak_mb: The most memory that one of its processes used.
    """

    code: int | None
    peak_mb: int


class Parent:
    """The grader's view of the warm parent; may be used from several threads."""

    def __init__(self, root: Path, level: Level, limits: Limits) -> None:
        """Start it, and wait until it can fork.

        Args:
            root: The checkout that holds the katas.
            level: The walls of each sandbox.
            limits: What a submission may use.

        Raises:
            EngineError: It does not start.
        """
        self.level: Level = level
        self.limits = limits
        self._root = root
        self._lock = threading.Lock()
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["DOJO_CACHE"] = str(cache_dir())
        environment["PYTHONHASHSEED"] = "random"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-m",
                "dojo.grading.parent",
                str(self._root),
                str(theirs.fileno()),
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            cwd=self._root,
        )
        theirs.close()
        self._line = Line(ours)
        try:
            message = self._line.receive(time.monotonic() + _START_TIMEOUT_S)
        except (LineClosed, LineBroken, TimeoutError):
            message = {}
        if "ready" not in message:
            self._end()
            raise EngineError(
                message.get("fault") or "the warm parent does not start: run 'dojo doctor'"
            )
        self._room = Path(message["room"])

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self._process.pid

    def _revive(self) -> None:
        """Start it again if somebody has killed it."""
        with self._lock:
            if self._is_closed:
                raise GuardFault("the grading was stopped")
            if self._process.poll() is not None:
                self._end()
                self._start()

    @contextlib.contextmanager
    def sandbox(self, fill: Callable[[Path], None], kata: Kata | None = None) -> Iterator[Sandbox]:
        """Open a sandbox for the length of a block.

        Args:
            fill: Puts what the submission may read into the folder `given`.
            kata: Whose engines run in it; the first sandbox of a kata waits for their imports.

        Yields:
            The sandbox.

        Raises:
            EngineError: An engine does not start.
            GuardFault: It does not open.
        """
        self._revive()
        folder = Path(tempfile.mkdtemp(prefix="dojo-sandbox-", dir=self._room))
        ours, theirs = socket.socketpair()
        sandbox = None
        try:
            for name in ("given", "work", "tmp", "home", "engine"):
                (folder / name).mkdir()
            fill(folder / "given")
            request = {
                "kata": kata.id if kata else "",
                "needs": kata.needs if kata else [],
                "room": str(folder),
                "level": self.level,
                "limits": dataclasses.asdict(self.limits),
            }
            with self._lock:
                try:
                    self._line.send(request, [theirs.fileno()])
                    reply = self._line.receive(time.monotonic() + _START_TIMEOUT_S)
                except (LineClosed, LineBroken, TimeoutError) as error:
                    raise GuardFault(f"the warm parent is gone ({error})") from None
                finally:
                    theirs.close()
            if "fault" in reply:
                raise EngineError(str(reply["fault"]))
            sandbox = Sandbox(Line(ours), int(reply["keeper"]), folder, self.limits)
            sandbox.open(kata.needs if kata else [])
            yield sandbox
        finally:
            if sandbox is not None:
                sandbox.close()
            else:
                ours.close()
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the parent and all sandboxes, for good."""
        with self._lock:
            self._is_closed = True
            self._end()

    def _end(self) -> None:
        self._line.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Parent:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


class Sandbox:
    """One sandbox, asked by one thread."""

    def __init__(self, line: Line, keeper: int, folder: Path, limits: Limits) -> None:
        """Take over the line to its keeper."""
        self._line = line
        self._keeper = keeper
        self.limits = limits
        self.folder = folder
        self.port = 0
        self.database = ""
        self.api_socket: socket.socket | None = None

    def open(self, needs: list[str]) -> None:
        """Have it start its engines.

        Raises:
            GuardFault: They do not start.
        """
        self._send({"do": "open", "needs": needs})
        message, fds = self._receive_with_fds(_OPEN_TIMEOUT_S)
        self.port = int(message["port"])
        self.database = str(message["database"])
        self.api_socket = socket.socket(fileno=fds[0])

    def start(self, kind: str, told: dict[str, Any], limits: Limits | None = None) -> Line:
        """Start a process that holds the submission.

        Args:
            kind: `examine`, `test` or `probe`.
            told: What else it needs to know.
            limits: What it may use, if not what all may.

        Returns:
            The line to it.

        Raises:
            GuardFault: It cannot be started.
        """
        ours, theirs = socket.socketpair()
        told = {"token": secrets.token_hex(4), **told, "port": self.port}
        limited = dataclasses.asdict(limits or self.limits)
        self._send({"do": "start", "kind": kind, "told": told, "limits": limited}, theirs.fileno())
        theirs.close()
        self._receive()
        return Line(ours)

    def end(self, grace_s: float = 0.0) -> Ended:
        """Kill the process that holds the submission with all that it started.

        Args:
            grace_s: How long to wait for an end of its own, when it has hung up.

        Raises:
            GuardFault: Its keeper does not answer.
        """
        self._send({"do": "end", "grace_s": grace_s})
        message = self._receive()
        return Ended(message["ended"], int(message.get("peak_kb", 0)) // 1024)

    def write(self, folder: str, name: str, text: str) -> str:
        """Write a file for the submission; return its path inside."""
        self._send({"do": "write", "folder": folder, "name": name, "text": text})
        return str(self._receive()["written"])

    def read(self, path: str) -> bytes | None:
        """Read a file that was left, by its path below the folder; None: there is none."""
        self._send({"do": "read", "path": path})
        message, fds = self._receive_with_fds(30)
        if not fds:
            return None
        with os.fdopen(fds[0], "rb") as pipe:
            return pipe.read(int(message["size"]))

    def close(self) -> None:
        """End the sandbox: the kernel kills all that is in it."""
        self._line.close()
        if self.api_socket is not None:
            self.api_socket.close()

    def kill(self) -> None:
        """End it at once, from any thread."""
        with contextlib.suppress(OSError):
            os.killpg(self._keeper, signal.SIGKILL)

    def _send(self, message: dict[str, Any], fd: int | None = None) -> None:
        try:
            self._line.send(message, None if fd is None else [fd])
        except LineClosed as error:
            raise GuardFault(f"the sandbox is gone ({error})") from None

    def _receive(self, timeout_s: float = 60.0) -> dict[str, Any]:
        try:
            message = self._line.receive(time.monotonic() + timeout_s)
        except (LineClosed, LineBroken, TimeoutError) as error:
            raise GuardFault(f"the sandbox does not answer ({error})") from None
        if "fault" in message:
            raise GuardFault(str(message["fault"]))
        return message

    def _receive_with_fds(self, timeout_s: float) -> tuple[dict[str, Any], list[int]]:
        import select

        if not select.select([self._line], [], [], timeout_s)[0]:
            raise GuardFault("the sandbox does not answer")
        try:
            message, fds = self._line.receive_with_fds()
        except (LineClosed, LineBroken) as error:
            raise GuardFault(f"the sandbox is gone ({error})") from None
        if "fault" in message:
            raise GuardFault(str(message["fault"]))
        return message, fds
