"""In whoever needs forks: start a parent that prepares and forks, and ask it.

The parent's side is `fork_server`.
"""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from dojo.ground import interrupts
from dojo.wire.line import Line, LineBroken, LineClosed

Launch = Callable[[list[str], int], "subprocess.Popen[bytes]"]
_LOOK_EVERY_S = 0.2


class ForkRefused(Exception):
    """The parent does not start, or makes no fork; says why, if it did."""


def launch(
    words: list[str],
    descriptor: int,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a Python in a session of its own, which says nothing but on its line.

    Args:
        words: Its command line.
        descriptor: What is handed down to it: its end of the line.
        env: Its environment; None: this process's.
        cwd: Its working directory; None: this process's.
        stderr: Its log, and that of its forks.
    """
    return subprocess.Popen(
        [sys.executable, *words],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env=env,
        start_new_session=True,
        cwd=cwd,
    )


class ForkClient:
    """A parent as seen by who started it, and by the forks of that; threads may share it.

    Attributes:
        process: What was launched.
    """

    def __init__(self, module: str, *words: str, launch: Launch = launch) -> None:
        """Start it; it is not waited for.

        Args:
            module: What it runs, with its line's descriptor as the first word.
            words: The others.
            launch: Starts it, or what starts it in turn.
        """
        # Packets, so that two who ask at once do not mix their requests.
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        # Theirs is closed here at once, or this process would not see that the parent has ended.
        with theirs, contextlib.ExitStack() as undo:
            undo.callback(ours.close)
            descriptor = theirs.fileno()
            self.process = launch(["-m", module, str(descriptor), *words], descriptor)
            undo.pop_all()
        self._line = Line(ours)

    def await_ready(self, timeout_s: float | None = None) -> int:
        """Wait until it can fork; return its process id.

        Raises:
            ForkRefused: It ended instead, or is not ready in time.
        """
        until = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            message = self._line.receive(until)
        except (LineClosed, LineBroken, TimeoutError):
            message = {}
        if "ready" not in message:
            raise ForkRefused(str(message.get("fault") or ""))
        return int(message["ready"])

    def has_ended(self) -> bool:
        """Say whether it has hung up; asks the system, so that a fork of the client may ask too."""
        poll = select.poll()
        try:
            poll.register(self._line, 0)
        except ValueError:  # this side has hung up
            return True
        return bool(poll.poll(0))

    def fork(
        self,
        request: dict[str, Any],
        hear: Callable[[dict[str, Any]], object] = lambda _: None,
        timeout_s: float | None = None,
    ) -> tuple[Line, int]:
        """Have a process forked.

        Args:
            request: What the parent's `begin` takes.
            hear: Is given what the parent says while it prepares.
            timeout_s: How long that may last; None: as long as the parent lives.

        Returns:
            The line to the fork, and its process id.

        Raises:
            ForkRefused: The parent says why it makes none.
            LineClosed: The parent has ended.
            LineBroken: The parent did not keep to the protocol.
            TimeoutError: It takes too long.
        """
        until = None if timeout_s is None else time.monotonic() + timeout_s
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as undo:
            line = undo.enter_context(contextlib.closing(Line(ours)))
            with theirs:  # sent or not, it is not this process's
                self._line.send(request, [theirs.fileno()])
            while "forked" not in (message := self.receive(line, until)):
                if "fault" in message:
                    raise ForkRefused(str(message["fault"]))
                hear(message)
            undo.pop_all()
        return line, int(message["forked"])

    def prepare(self, request: dict[str, Any]) -> None:
        """Have the parent do what comes before a fork, and do not wait for it.

        Args:
            request: What the parent's `begin` takes. The fork finds that nobody listens, and ends.

        Raises:
            LineClosed: The parent has ended.
        """
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._line.send(request, [theirs.fileno()])

    def receive(self, line: Line, until: float | None = None) -> dict[str, Any]:
        """Wait for what a fork says; see `Line.receive`, and lose no Ctrl-C meanwhile."""
        while not line.is_ready(_LOOK_EVERY_S):
            interrupts.raise_lost()
            # What a fork has started may hold its line open: that alone tells too little.
            if self.has_ended() and not line.is_ready(0):
                raise LineClosed("the parent has ended")
            if until is not None and time.monotonic() > until:
                raise TimeoutError
        return line.receive(until)

    def hang_up(self) -> None:
        """Have the parent end, as soon as it listens, if nobody else has this end of its line."""
        self._line.close()

    def await_end(self, timeout_s: float) -> None:
        """Wait for the end of what was launched; kill it if it does not come in time."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
