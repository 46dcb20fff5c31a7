"""The grader's side of one sandbox: ask its process 1, and start what holds a submission in it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from dojo.ground.endings import Ending, read_ending
from dojo.ground.run_folder import end_of_log
from dojo.ground.safe_text import with_log
from dojo.sandbox.walls import Limits
from dojo.wire.line import Line, LineBroken, LineClosed

_OPEN_TIMEOUT_S = 120.0
_CLOSE_TIMEOUT_S = 10.0


class GuardFault(Exception):
    """The grader's own machinery failed: no word about any submission.

    Attributes:
        why: In one line.
        log: How the log of the process that failed ends; empty if it said nothing.
    """

    def __init__(self, why: str, log: str = "") -> None:
        """Say both: as text, they are for whoever grades."""
        super().__init__(why, log)
        self.why = why
        self.log = log

    def __str__(self) -> str:
        """Return them in one line."""
        return with_log(self.why, self.log)


class Sandbox:
    """One sandbox, asked by one thread.

    Attributes:
        keeper: The id of its process 1, as it is called from here.
        aloud: Whether what is raised behind the walls is printed there: for an author who looks on.
    """

    def __init__(
        self,
        line: Line,
        keeper: int,
        folder: Path,
        log: Path,
        outside: Path,
        limits: Limits,
    ) -> None:
        """Take over the line to its keeper.

        Args:
            line: The line.
            keeper: The keeper's process id.
            folder: What it has for its own.
            log: What it says on standard error; no submission can write there.
            outside: Where this process may have temporary files of its own.
            limits: What a submission may use.
        """
        self._end_of_line = line.end
        self._line = line
        self.keeper = keeper
        self.limits = limits
        self.aloud = False
        self.folder = folder
        self._log = log
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
        told = {"token": secrets.token_hex(4), **told, "port": self.port, "aloud": self.aloud}
        limited = dataclasses.asdict(limits or self.limits)
        self._send({"do": "start", "kind": kind, "told": told, "limits": limited}, theirs.fileno())
        # Process 1 has a copy, and closes that one after its fork: then the submission's process
        # alone holds this end, and its death is the end of our line.
        theirs.close()
        # From now on it may be asked: who starts it answers first, and says nothing on that line.
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
            raise self.fault(f"the sandbox tells no ending ({error})") from None

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
        # Only half of the line is closed at first: on the other half its end is waited for.
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
            os.killpg(self.keeper, signal.SIGKILL)

    def fault(self, why: str) -> GuardFault:
        """Return a fault of this sandbox, to be raised: it tells how the log of process 1 ends."""
        return GuardFault(why, end_of_log(self._log))

    def _send(self, message: dict[str, Any], fd: int | None = None) -> None:
        try:
            self._line.send(message, None if fd is None else [fd])
        except LineClosed as error:
            raise self._gone(error) from None

    def _gone(self, error: Exception) -> GuardFault:
        """Return what it told before it went; of a line that it reset, the error is read first."""
        said = f"the sandbox is gone ({error})"
        with contextlib.suppress(LineClosed, LineBroken, TimeoutError):
            said = str(self._line.receive(time.monotonic() + 1.0).get("fault", said))
        return self.fault(said)

    def _receive(self, timeout_s: float = 60.0) -> dict[str, Any]:
        try:
            message = self._line.receive(time.monotonic() + timeout_s)
        except (LineClosed, LineBroken, TimeoutError) as error:
            raise self.fault(f"the sandbox does not answer ({error})") from None
        if "fault" in message:
            raise self.fault(str(message["fault"]))
        return message

    def _receive_with_fds(self, timeout_s: float) -> tuple[dict[str, Any], list[int]]:
        if not select.select([self._line], [], [], timeout_s)[0]:
            raise self.fault("the sandbox does not answer")
        try:
            message, fds = self._line.receive_with_fds()
        except (LineClosed, LineBroken) as error:
            raise self._gone(error) from None
        if "fault" in message:
            raise self.fault(str(message["fault"]))
        return message, fds
