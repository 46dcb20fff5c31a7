"""Sockets for played services where none may be bound: made before the walls, used behind them.

Landlock allows a process ports, not servers of its own. So who raises the walls makes the sockets
first and allows their ports; what plays a service finds them in the environment.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

_VARIABLE = "DOJO_BOUND_SOCKETS"
_HOST = "127.0.0.1"


def bind_some(count: int) -> list[int]:
    """Bind sockets for this process and its forks; return their ports."""
    made = [_bind() for _ in range(count)]
    os.environ[_VARIABLE] = ",".join(str(one.detach()) for one, _ in made)
    return [port for _, port in made]


@contextlib.contextmanager
def bound_socket(number: int) -> Iterator[socket.socket]:
    """Give a socket on a port of loopback, on which nobody listens; it is closed after the block.

    Args:
        number: Which of those that were made before the walls, from 0; elsewhere any new one.
    """
    descriptors = os.environ.get(_VARIABLE)
    if not descriptors:
        with socket.socket() as new:
            new.bind((_HOST, 0))
            yield new
        return
    descriptor = int(descriptors.split(",")[number])
    try:
        with socket.socket(fileno=os.dup(descriptor)) as copy:
            yield copy
    finally:
        # It stays open for the next test, and nobody listens till then. (TLS takes the copy over.)
        _stop_listening(descriptor)


def bind_as_made_before(first: int) -> None:
    """Have whoever binds a socket of this process get one of those instead, one after the other.

    For a process that is somebody else's program; where none were made it binds as it likes.

    Args:
        first: The number of the first one, from 0.
    """
    descriptors = os.environ.get(_VARIABLE, "").split(",")[first:]
    left = [int(one) for one in descriptors if one]
    real = socket.socket.bind

    def bind(one: socket.socket, address: Any) -> None:
        if not left:
            real(one, address)
            return
        is_blocking = os.get_blocking(one.fileno())
        os.dup2(left.pop(0), one.fileno())
        os.set_blocking(one.fileno(), is_blocking)

    socket.socket.bind = bind  # type: ignore[method-assign,assignment]


def let_go(first: int = 0, count: int | None = None) -> None:
    """Have nobody listen on some of those until somebody does again.

    Each process of the sandbox has them all: that the one which listened is dead ends nothing, and
    whoever asks it waits for an answer.

    Args:
        first: The number of the first one, from 0.
        count: How many; None for all that there are.
    """
    descriptors = os.environ.get(_VARIABLE, "").split(",")[first:][:count]
    for descriptor in filter(None, descriptors):
        _stop_listening(int(descriptor))


def _stop_listening(descriptor: int) -> None:
    """End the listening on a socket of which there are copies, so that it can begin again.

    Only where somebody listens: a socket that was shut down while nobody did stays so, and what it
    accepts later is at its end at once.
    """
    with socket.socket(fileno=os.dup(descriptor)) as copy, contextlib.suppress(OSError):
        if copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            copy.shutdown(socket.SHUT_RDWR)


def _bind() -> tuple[socket.socket, int]:
    """Bind a socket to a free port, by its number: one that the system gave a shutdown ends."""
    while True:
        with socket.socket() as probe:
            probe.bind((_HOST, 0))
            port = int(probe.getsockname()[1])
        bound = socket.socket()
        # Connections of the last test that have ended linger, and would keep it from listening.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((_HOST, port))
        except OSError:  # somebody else was quicker
            bound.close()
        else:
            return bound, port
