"""Serve whoever comes, so many at a time, and read so much of each: more is nobody's need.

Each connection has a thread, and what it says is in the memory of the process that serves.
"""

from __future__ import annotations

import socket
import struct
import threading
from http.server import ThreadingHTTPServer
from typing import Any

MOST_CONNECTIONS = 64
MOST_BYTES = 512 << 10


def reset(connection: socket.socket) -> None:
    """Break a connection off: a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class BoundedServer(ThreadingHTTPServer):
    """Turns away who comes when too many are there."""

    daemon_threads = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Have all places free."""
        super().__init__(*args, **kwargs)
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Have a thread speak with one, if there is a place."""
        if not self._places.acquire(blocking=False):
            reset(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # there is no thread for it
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Speak with one, and make place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


class _Bounded:
    """What comes in on a connection: after so many bytes it is broken off."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = MOST_BYTES

    def readline(self, size: int) -> bytes:
        """Read a line, or its beginning."""
        return self._taken(self._stream.readline(self._allowed(size)))

    def read(self, size: int) -> bytes:
        """Read so many bytes, or what there is."""
        return self._taken(self._stream.read(self._allowed(size)))

    def close(self) -> None:
        """Read no more."""
        self._stream.close()

    def _allowed(self, size: int) -> int:
        if not self._left:
            raise ConnectionAbortedError("it says more than anybody needs to")
        return min(size, self._left)

    def _taken(self, data: bytes) -> bytes:
        self._left -= len(data)
        return data


def bounded(stream: Any) -> Any:
    """Return what is read of a request, for the handler that reads it."""
    return _Bounded(stream)
