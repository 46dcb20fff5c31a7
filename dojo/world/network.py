"""Keep a solution off the network: loopback only."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any


class NetworkRefused(OSError):
    """A solution asked for a host that is not this machine."""


def is_local(host: Any) -> bool:
    """Say whether a host, as a name or an address, is this machine."""
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(text).split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def refusal_of(host: Any) -> NetworkRefused:
    """Return what is raised when a solution asks for a host that is not this machine."""
    # The rule comes last: whoever shortens an error keeps its end. Pages quote it.
    return NetworkRefused(
        f"Your code asked for {host!r}."
        " No network: ask the given address with requests, httpx, urllib or urllib3."
    )


@contextlib.contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse names and connections other than this machine's own for the length of a block."""
    real_lookup, real_connect = socket.getaddrinfo, socket.socket.connect

    def lookup(host: Any, *args: Any, **more: Any) -> Any:
        if not is_local(host):
            raise refusal_of(host)
        return real_lookup(host, *args, **more)

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not is_local(address[0]):
            raise refusal_of(address[0])
        real_connect(self, address)

    socket.getaddrinfo = lookup
    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        socket.getaddrinfo = real_lookup
        socket.socket.connect = real_connect  # type: ignore[method-assign]
