"""Frame JSON between processes that do not trust each other: the only protocol of the dojo.

Nothing is unpickled, and nothing that a submission made is ever an object on the other side.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
import time
from typing import Any

from dojo.ground.foreign import read_json

LONGEST_FRAME = 8 << 20


class LineClosed(Exception):
    """The other side is gone."""


class LineBroken(Exception):
    """The other side did not keep to the protocol."""


class Line:
    """One end of a line of frames: four bytes of length, then JSON as `read_json` takes it."""

    def __init__(self, end: socket.socket) -> None:
        """Take over a connected socket."""
        self._socket = end
        self._buffer = bytearray()  # one that grows: a frame may come byte by byte
        self.lock = threading.RLock()

    def send(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        """Send one frame, with file descriptors if need be.

        Raises:
            LineClosed: Nobody hears it.
        """
        data = json.dumps(message).encode()
        frame = struct.pack("!I", len(data)) + data
        try:
            self._socket.settimeout(60)
            if fds:
                sent = socket.send_fds(self._socket, [frame], fds)
                frame = frame[sent:]
            if frame:  # in packets, an empty one would be the end
                self._socket.sendall(frame)
        except OSError as error:
            raise LineClosed(str(error)) from None

    def receive(self, until: float | None = None) -> dict[str, Any]:
        """Wait for one frame.

        Args:
            until: Until when, on `time.monotonic()`; None: for ever.

        Raises:
            LineClosed: There is none to come.
            LineBroken: It is too long, or no JSON object of ordinary text and finite numbers.
            TimeoutError: It did not come in time.
        """
        (length,) = struct.unpack("!I", self._take(4, until))
        if length > LONGEST_FRAME:
            raise LineBroken(f"a frame of {length} bytes")
        data = self._take(length, until)
        try:
            message = read_json(data)
        except ValueError as error:
            raise LineBroken(f"a frame that is no JSON: {str(error)[:100]}") from None
        if not isinstance(message, dict):
            raise LineBroken("a frame that is no object")
        return message

    def receive_with_fds(self, most: int = 4) -> tuple[dict[str, Any], list[int]]:
        """Wait for one frame with file descriptors; nothing else may be under way."""
        self._socket.settimeout(None)
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, 1 << 20, most)
        except OSError as error:
            raise LineClosed(str(error)) from None
        self._buffer += data
        for fd in fds:  # no program that is started may hold a line open
            os.set_inheritable(fd, False)
        if not data:
            raise LineClosed("the end")
        return self.receive(), list(fds)

    def is_ready(self, timeout_s: float) -> bool:
        """Wait until there is something to receive, or the end; return whether there is."""
        return bool(self._buffer) or bool(select.select([self._socket], [], [], timeout_s)[0])

    def release(self) -> int:
        """Give up the socket, from which nothing was read ahead; return its descriptor."""
        assert not self._buffer
        self._socket.settimeout(None)  # else it does not block, whoever has it next
        return self._socket.detach()

    @property
    def end(self) -> socket.socket:
        """Return the socket, to be closed in one direction only."""
        return self._socket

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def fileno(self) -> int:
        """Return the file descriptor, to be selected on."""
        return self._socket.fileno()

    def _take(self, count: int, until: float | None) -> bytes:
        while len(self._buffer) < count:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            try:
                self._socket.settimeout(left)
                data = self._socket.recv(1 << 20)
            except TimeoutError:
                raise TimeoutError from None
            except OSError as error:
                raise LineClosed(str(error)) from None
            if not data:
                raise LineClosed("the end")
            self._buffer += data
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken
