"""Serve the flaky customer API and the webhooks from outside the sandbox.

What they were asked and told is evidence.

It listens on a socket that the sandbox's keeper made, so the submission reaches it on its own
loopback, and nothing else of this process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import json
import os
import secrets
import socket
import ssl
import string
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from dojo.world.draw import Reply
from dojo.world.http.authority import make_certificates
from dojo.world.http.bounded import BoundedServer, bounded, reset
from dojo.world.http.flaky_api import ECHOES, REMINDERS
from dojo.world.http.patience import patience_of
from dojo.world.http.webhook import HOSTS, Webhooks
from dojo.world.http.webhook_wire import STRANGERS

_MOST_REQUESTS = 5000
_PATIENCE_SEEN_WITHIN_S = 3.0
_TLS = b"\x16"  # the first byte of a handshake


@dataclasses.dataclass(frozen=True)
class Answer:
    """One scripted answer.

    Attributes:
        status: The HTTP status; 0 breaks the connection off instead; -1 does so as well, but not
            before it was seen how long the caller would wait.
        body: The body.
        headers: More headers than the content type, or another one.
        takes_s: How long the caller waits for it, in real seconds.
    """

    status: int
    body: str
    headers: tuple[tuple[str, str], ...] = ()
    takes_s: float = 0.0


@dataclasses.dataclass(frozen=True)
class Request:
    """One request, as the server saw it.

    Attributes:
        path: The path that was asked for, query included.
        at_s: When, in seconds of the supervisor's clock.
        answered: The status that was given.
        echoed: What it sent of what it was once told; empty without.
    """

    path: str
    at_s: float
    answered: int
    echoed: str = ""


LOST = Answer(0, "")
SILENT = Answer(-1, "")
CUT_OFF = Answer(200, '[{"customer_id": 1000, "calls": 12}', (("Content-Length", "4096"),))
PAGE = Answer(
    200, "<html><body><h1>Maintenance</h1></body></html>", (("Content-Type", "text/html"),)
)


class OutsideApi:
    """The API of one scenario.

    Attributes:
        patience_s: For how many seconds each caller that got no answer (`SILENT`) was ready to
            wait for one, as the kernel says: infinite is for ever; None: this was not seen.
    """

    def __init__(self, port: int, now: Callable[[], float]) -> None:
        """Start healthy and empty.

        Args:
            port: Where the submission reaches it.
            now: Tells the seconds of the supervisor's clock.
        """
        self.port = port
        self.url = f"http://127.0.0.1:{port}/customers"
        self.webhooks = Webhooks(_new_token())
        self.webhook_url = f"http://127.0.0.1:{port}/hook/{self.webhooks.token}"
        self.requests: list[Request] = []
        self.patience_s: list[float | None] = []
        self._now = now
        self._lock = threading.Lock()
        self._script = [Answer(200, "[]")]

    def will(self, *answers: Answer) -> None:
        """Script the answers of the next requests; the last is repeated for ever."""
        with self._lock:
            self._script = list(answers)

    @property
    def gaps_s(self) -> list[float]:
        """Return the seconds between each request and the next, on the supervisor's clock."""
        times = [request.at_s for request in self.requests]
        return [round(after - before, 3) for before, after in itertools.pairwise(times)]

    def reply(self, path: str, echoed: str = "") -> Answer:
        """Note a request and return the answer to it."""
        with self._lock:
            known = path.startswith("/customers")
            answer = Answer(404, "{}")
            if known:
                answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
            if len(self.requests) < _MOST_REQUESTS:
                known_s = self._now()
                self.requests.append(Request(path[:200], known_s, answer.status, echoed[:200]))
            return answer


def _new_token() -> str:
    """Return a secret of which no four signs are found in a log by chance, as hex digits are."""
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    return "".join(secrets.choice(kinds[place % 3]) for place in range(24))


def answer(status: int, content: Any = None, **headers: str) -> Answer:
    """Describe an answer in JSON; `Retry_After="120"` is a header."""
    body = json.dumps({"error": f"status {status}"} if content is None else content)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, body, named)


def replied(reply: Reply) -> Answer:
    """Describe an answer that was drawn."""
    return Answer(reply.status, reply.body, tuple(reply.headers.items()))


@functools.cache
def certificates() -> tuple[str, ssl.SSLContext, ssl.SSLContext]:
    """Return who signs, to be trusted inside, and how to speak for the services, or a stranger."""
    made = [make_certificates(names) for names in (HOSTS, STRANGERS)]
    own, strangers = (_speaking_for(certificate) for _, certificate in made)
    return "".join(authority.decode() for authority, _ in made), own, strangers


def _speaking_for(certificate: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # It reads files only; this one is in memory, and gone with this process.
    with open(os.memfd_create("certificate"), "wb", buffering=0) as file:
        file.write(certificate)
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
    return context


def _is_for_webhooks(handler: BaseHTTPRequestHandler) -> bool:
    host = (handler.headers.get("Host") or "").split(":")[0].lower()
    if handler.command == "GET":  # to where a redirection has led
        return host in HOSTS
    return handler.command == "POST" and (host in HOSTS or handler.path.startswith("/hook"))


class Host:
    """Runs one HTTP server on a sandbox's socket, for one scenario after the other."""

    def __init__(self, listening: socket.socket, keeper: int) -> None:
        """Start to serve; nothing is there until `api` is set.

        Args:
            listening: The socket.
            keeper: The process that made it: who calls is in the same network.
        """
        self.api: OutsideApi | None = None
        host = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 20

            def setup(self) -> None:
                """Read so much from a connection, and no more."""
                super().setup()
                self.rfile = bounded(self.rfile)

            def _answer(self) -> None:
                api = host.api
                if api is not None and _is_for_webhooks(self):
                    self.close_connection = True
                    is_get = self.command == "GET"
                    (api.webhooks.answer_get if is_get else api.webhooks.answer)(self)
                    return
                echoed = "; ".join(filter(None, map(self.headers.get, ECHOES)))
                found = api.reply(self.path, echoed) if api is not None else Answer(404, "{}")
                with contextlib.suppress(OSError, ValueError):
                    length = min(max(int(self.headers.get("Content-Length") or 0), 0), 1 << 20)
                    self.rfile.read(length)
                self.close_connection = True
                if api is not None and found is SILENT:
                    ends = (self.client_address[1], self.connection.getsockname()[1])
                    api.patience_s.append(patience_of(keeper, ends, _PATIENCE_SEEN_WITHIN_S))
                time.sleep(found.takes_s)
                if found.status <= 0:
                    reset(self.connection)
                    return
                data = found.body.encode()
                self.send_response_only(found.status)
                told = {"Content-Type": "application/json", "Content-Length": str(len(data))}
                told["Date"] = self.date_time_string()  # one only: an answer may have its own
                told |= REMINDERS if found.status < 300 else {}
                for name, value in {**told, "Connection": "close", **dict(found.headers)}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = _answer

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(BoundedServer):
            def finish_request(self, request: Any, client_address: Any) -> None:
                """Speak TLS with who begins with it: who means a service of the internet."""
                request.settimeout(Handler.timeout)
                if request.recv(1, socket.MSG_PEEK) != _TLS:
                    super().finish_request(request, client_address)
                    return
                webhooks = host.api.webhooks if host.api is not None else Webhooks()
                if webhooks.is_dead:
                    webhooks.refused_count += 1
                    reset(request)
                    return
                try:
                    _, own, strangers = certificates()
                    context = strangers if webhooks.mood == "a stranger" else own
                    wrapped = context.wrap_socket(request, server_side=True)
                except OSError:
                    webhooks.hear_nothing()
                    return
                with wrapped:
                    super().finish_request(wrapped, client_address)

            def handle_error(self, *_: object) -> None:
                """Say nothing: a submission may hang up whenever it likes."""

        self._server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listening
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
