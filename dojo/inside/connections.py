"""Look at the submission's connections to the API, or let none come about.

For the `inside.py` of the katas that have one. All other connections, such as those of engines, are
as they were.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock


@contextlib.contextmanager
def on_connecting(port: int, act: Callable[[], object]) -> Iterator[None]:
    """Do something before each connection to the API is opened; what it raises is the answer.

    Args:
        port: The API's.
        act: What is done.
    """
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if _is_to(address, port):
            act()
        real(self, address)

    with mock.patch.object(socket.socket, "connect", connect):
        yield


@contextlib.contextmanager
def broken(port: int) -> Iterator[None]:
    """Refuse the next connection to the API, and leave the one after it without an answer."""
    errors: list[OSError] = [TimeoutError("timed out"), ConnectionRefusedError(111, "refused")]

    def fail() -> None:
        if errors:
            raise errors.pop()

    with on_connecting(port, fail):
        yield


def _is_to(address: Any, port: int) -> bool:
    return isinstance(address, tuple) and address[1:2] == (port,)
