"""Keep a solution off the network: loopback only."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable, Iterator
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


@contextlib.contextmanager
def certificates_read_once() -> Iterator[None]:
    """Have TLS contexts read each store of certificates once, for the length of a block.

    Reading the usual one takes 10 ms and more; httpx and urllib do it for each client or call. Off
    the network nothing is verified with them. What cannot be read is still an error, each time; and
    one that the environment names is read each time: webhooks are verified with theirs.
    """
    names = ("load_default_certs", "load_verify_locations")
    real = {name: getattr(ssl.SSLContext, name) for name in names}
    for name, load in real.items():
        setattr(ssl.SSLContext, name, _once(load))
    try:
        yield
    finally:
        for name, load in real.items():
            setattr(ssl.SSLContext, name, load)


def _once(load: Callable[..., None]) -> Callable[..., None]:
    loaded = set()

    @functools.wraps(load)
    def load_if_new(self: ssl.SSLContext, *args: Any, **named: Any) -> None:
        key = repr((args, named))
        if key not in loaded or "SSL_CERT_FILE" in os.environ:
            load(self, *args, **named)
            loaded.add(key)

    return load_if_new
