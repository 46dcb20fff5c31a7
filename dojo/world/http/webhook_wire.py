"""Have every library of this process reach played webhooks: their own names, TLS, time-outs noted.

Whoever calls them, with whatever library, looks up the real host, connects, and finds our server
with a certificate that it trusts. So a test need not know how a message was sent.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.world.http.authority import write_certificates
from dojo.world.http.bound import bound_socket
from dojo.world.http.webhook import HOSTS, Webhooks
from dojo.world.seams.libraries import HANDLED_ASYNC

STRANGERS = ("proxy.office.example",)

# What the webhooks' names are looked up as. Nobody is there: connections are led to our port.
_ADDRESS = "127.83.76.67"

_SHORT_S = 0.2345  # how long a caller really waits for a silent webhook


@contextlib.contextmanager
def on_the_wire(webhooks: Webhooks, folder: Path) -> Iterator[None]:
    """Serve webhooks in this process, and have every library of it reach and trust them.

    Args:
        webhooks: What is served.
        folder: Where the certificates go.
    """
    # The stranger's is trusted as well: but it is that of another name.
    authority, (own, other) = write_certificates(folder, HOSTS, STRANGERS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)

    def choose(line: ssl.SSLSocket | ssl.SSLObject, *_: Any) -> None:
        if webhooks.mood == "a stranger":
            strangers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            strangers.load_cert_chain(other)
            line.context = strangers  # now: of what it gets later nothing is shown

    context.sni_callback = choose
    with bound_socket(0) as listening, bound_socket(1) as closed:  # there connections are refused
        server = _Server(listening, _handler_of(webhooks))
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        port, closed_port = (one.getsockname()[1] for one in (server.socket, closed))
        try:
            with callers_led(webhooks, authority, port, closed_port):
                yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextlib.contextmanager
def callers_led(webhooks: Webhooks, authority: Path, port: int, closed_port: int) -> Iterator[None]:
    """Lead every library of this process to a server of webhooks, wherever that runs.

    Args:
        webhooks: Says whether they are dead or silent, and is told who waits how long.
        authority: Who signed the server's certificate; it is trusted.
        port: Where on this machine the server listens.
        closed_port: Where callers are led when the webhook is dead.
    """
    trusted = {
        name: str(authority) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    }
    with (
        mock.patch.dict(os.environ, {**trusted, "NO_PROXY": "*", "no_proxy": "*"}),
        # urllib keeps its first opener, and whom that trusted.
        mock.patch.object(urllib.request, "_opener", None),
        _sockets_led(webhooks, port, closed_port),
        _httpx_observed(webhooks),
    ):
        yield


@contextlib.contextmanager
def _sockets_led(webhooks: Webhooks, port: int, closed_port: int) -> Iterator[None]:
    """Lead the webhooks' names to our ports, and note which time-outs sockets to us have."""
    real_lookup, real_connect = socket.getaddrinfo, socket.socket.connect
    real_settimeout = socket.socket.settimeout

    def lookup(host: Any, service: Any, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if str(name).lower() not in HOSTS:
            return real_lookup(host, service, *args, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (_ADDRESS, service))]

    def connect(this: socket.socket, address: Any) -> None:
        if address[0] == _ADDRESS:
            webhooks.meanwhile()
            webhooks.refused_count += webhooks.is_dead
            address = ("127.0.0.1", closed_port if webhooks.is_dead else port)
        real_connect(this, address)

    def settimeout(this: socket.socket, value: float | None) -> None:
        with contextlib.suppress(OSError):
            if this.getpeername()[:2] == ("127.0.0.1", port):
                if value != _SHORT_S:  # else ssl puts back what it has found: ours
                    webhooks.limits_s[this.getsockname()[1]] = value
                if value and webhooks.mood == "silent":
                    value = min(value, _SHORT_S)
        real_settimeout(this, value)

    with (
        mock.patch.object(socket, "getaddrinfo", lookup),
        mock.patch.object(socket.socket, "connect", connect),
        mock.patch.object(socket.socket, "settimeout", settimeout),
    ):
        yield


@contextlib.contextmanager
def _httpx_observed(webhooks: Webhooks) -> Iterator[None]:
    """Note the time-outs of httpx's asynchronous client: its sockets do not have them."""
    try:
        real = HANDLED_ASYNC.read()
    except ImportError:  # without Prefect, no httpx either
        yield
        return

    async def handle(this: Any, request: Any) -> Any:
        if request.url.host in HOSTS:
            limits = dict(request.extensions.get("timeout", {}))
            webhooks.limits_s[None] = limits.get("read")
            if webhooks.mood == "silent":
                short = {name: value and min(value, _SHORT_S) for name, value in limits.items()}
                request.extensions = {**request.extensions, "timeout": short}
        return await real(this, request)

    with HANDLED_ASYNC.replaced(handle):
        yield


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, bound: socket.socket, handler: type[BaseHTTPRequestHandler]) -> None:
        """Listen on a socket that is bound already."""
        super().__init__(bound.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_activate()

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a caller that hangs up is part of the play."""


def _handler_of(webhooks: Webhooks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhooks.answer(self)

        def do_GET(self) -> None:
            webhooks.answer_get(self)

        def log_message(self, *_: Any) -> None: ...

    return Handler
