"""The grader's side of the sandboxes: start the warm parent, open sandboxes, ask, kill."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import select
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

from dojo.catalog.kata import Kata
from dojo.engines.templates import EngineError
from dojo.ground import processes
from dojo.ground.endings import Ending, read_ending
from dojo.ground.janitor import clear_up
from dojo.ground.paths import cache_dir
from dojo.ground.run_folder import Room
from dojo.sandbox.walls import Level, Limits
from dojo.wire.line import Line, LineBroken, LineClosed

_START_TIMEOUT_S = 180.0
_OPEN_TIMEOUT_S = 120.0
_CLOSE_TIMEOUT_S = 10.0


class GuardFault(Exception):
    """The grader's own machinery failed: no word about any submission."""


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
        # Of this process: it outlives the warm parent, and the janitor outlives both.
        self.room = Room()
        try:
            self._start()
        except BaseException:
            self.room.close()
            raise

    def _start(self) -> None:
        """Have a reaper start it; see `dojo/ground/processes.py`.

        The reaper has the key of the room: the janitor comes when this process and all that came
        of the warm parent have ended.
        """
        ours, theirs = socket.socketpair()
        self._folder = self.room.folder("parent")
        kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["DOJO_CACHE"] = str(cache_dir())
        environment["PYTHONHASHSEED"] = "random"
        # glibc sets 128 MB of addresses aside for each thread: fourteen threads were the limit.
        environment["MALLOC_ARENA_MAX"] = "2"
        descriptors = [self.room.key, theirs.fileno()]
        self._reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", processes.__file__, *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            cwd=self._root,
        )
        program = [sys.executable, "-I", "-m", "dojo.inside.parent"]
        program += [str(self._root), str(theirs.fileno()), str(self._folder)]
        theirs.close()
        self._line = Line(ours)
        assert self._reaper.stdin is not None
        with contextlib.ExitStack() as undo:
            undo.callback(self._end)
            message: dict[str, Any] = {}
            with contextlib.suppress(LineClosed, LineBroken, TimeoutError, BrokenPipeError):
                self._reaper.stdin.write(json.dumps(program).encode() + b"\n")
                self._reaper.stdin.flush()
                message = self._line.receive(time.monotonic() + _START_TIMEOUT_S)
            if "ready" not in message:
                why = message.get("fault") or "the warm parent does not start: run 'dojo doctor'"
                raise EngineError(why)
            undo.pop_all()
        self.pid = int(message["ready"])

    def _revive(self) -> None:
        """Start it again if somebody has killed it."""
        with self._lock:
            if self._is_closed:
                raise GuardFault("the grading was stopped")
            # Nothing is said on the line before something is asked: this would be its end.
            if self._reaper.poll() is not None or select.select([self._line], [], [], 0)[0]:
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
        folder = Path(tempfile.mkdtemp(prefix="dojo-sandbox-", dir=self._folder))
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
            sandbox = Sandbox(ours, int(reply["keeper"]), folder, self.room.path, self.limits)
            sandbox.open(kata.needs if kata else [])
            yield sandbox
        finally:
            if sandbox is not None:
                sandbox.close()
            else:
                ours.close()
            clear_up(folder)

    def close(self) -> None:
        """End the parent and all sandboxes, for good."""
        with self._lock:
            self._is_closed = True
            self._end()
            self.room.close()

    def _end(self) -> None:
        """Have the reaper kill the parent with all that came of it, and remove its folder."""
        self._line.close()
        assert self._reaper.stdin is not None
        with contextlib.suppress(OSError):
            self._reaper.stdin.close()
        try:
            self._reaper.wait(timeout=_CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._reaper.kill()
            self._reaper.wait()
        clear_up(self._folder)

    def __enter__(self) -> Parent:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


class Sandbox:
    """One sandbox, asked by one thread."""

    def __init__(
        self, end: socket.socket, keeper: int, folder: Path, outside: Path, limits: Limits
    ) -> None:
        """Take over the line to its keeper.

        Args:
            end: This end of it.
            keeper: Its process id.
            folder: What it has for its own.
            outside: Where this process may have temporary files of its own.
            limits: What a submission may use.
        """
        self._end_of_line = end
        self._line = Line(end)
        self._keeper = keeper
        self.limits = limits
        self.folder = folder
        self.outside = outside
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

    def end(self, grace_s: float = 0.0) -> Ending:
        """Kill the process that holds the submission with all that it started.

        Args:
            grace_s: How long to wait for an end of its own, when it has hung up.

        Returns:
            How it had ended, as its keeper saw it; `stopped` if it had not.

        Raises:
            GuardFault: Its keeper does not answer.
        """
        self._send({"do": "end", "grace_s": grace_s})
        try:
            return read_ending(self._receive().get("ended"))
        except ValueError as error:
            raise GuardFault(f"the sandbox tells no ending ({error})") from None

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
        """End the sandbox, and wait until all that is in it is gone.

        Keeper and engines hold the other end of the line, so it ends with the last of them.
        """
        if self.api_socket is not None:
            self.api_socket.close()
        with contextlib.suppress(OSError):
            self._end_of_line.shutdown(socket.SHUT_WR)
            if not self._await_end():
                self.kill()
                self._await_end()
        self._line.close()

    def _await_end(self) -> bool:
        """Return whether the other end of the line is closed in time; what it says is dropped."""
        self._end_of_line.settimeout(_CLOSE_TIMEOUT_S)
        try:
            while self._end_of_line.recv(65536):
                pass
        except TimeoutError:
            return False
        return True

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
        if not select.select([self._line], [], [], timeout_s)[0]:
            raise GuardFault("the sandbox does not answer")
        try:
            message, fds = self._line.receive_with_fds()
        except (LineClosed, LineBroken) as error:
            raise GuardFault(f"the sandbox is gone ({error})") from None
        if "fault" in message:
            raise GuardFault(str(message["fault"]))
        return message, fds
