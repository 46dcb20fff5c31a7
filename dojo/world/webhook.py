"""Play the webhooks of Slack and Discord: on this machine, under their own names and over TLS.

Whoever calls them, with whatever library, looks up the real host, connects, and finds this server
with a certificate that it trusts. So a test need not know how a message was sent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import socket
import ssl
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from dojo.world.authority import write_certificates
from dojo.world.draw.answers import Reply

SLACK = "hooks.slack.com"
DISCORD = "discord.com"
HOSTS = (SLACK, "hooks.slack-gov.com", DISCORD, "discordapp.com")
STRANGERS = ("proxy.office.example",)
LONGEST_DISCORD_MESSAGE = 2000

# What their names are looked up as. Nobody is there: connections to it are led to our port.
_ADDRESS = "127.83.76.67"

# A silent webhook: how long a caller waits really, and how long the server does.
_SHORT_S = 0.2345
_PATIENCE_S = 1.0

# More than anybody means to say: what is served from outside must not be filled from inside.
_LONGEST_BODY = 1 << 18
_MOST_POSTS = 500

Mood = int | Reply | Literal["well", "silent", "dead", "broken", "a stranger"]


@dataclasses.dataclass
class Post:
    """One request that a webhook received.

    Attributes:
        host: Whom the caller meant, such as `hooks.slack.com`.
        text: All text of the message, wherever in the JSON it was; one piece a line.
        answered: The HTTP status of the answer; 0: it got none.
        timeout_s: How long the caller would have waited for the answer; None: for ever.
        gave_up: The caller hung up before it was answered.
        path: The path that was asked for, which has the secret in it.
    """

    host: str
    text: str
    answered: int = 0
    timeout_s: float | None = None
    gave_up: bool = False
    path: str = ""


class Webhooks:
    """Slack's and Discord's webhooks as a test wants them, with all requests they got.

    Attributes:
        token: The secret part of both addresses.
        slack_url: The address of a Slack webhook.
        discord_url: The address of a Discord webhook.
        refused_count: How many connections a dead webhook has refused.
        followed_count: How many redirections were followed by a GET, which tells nobody anything.
    """

    def __init__(self, token: str = "Zq7vXw3RkT9mLp2NdYc8HbGs") -> None:
        """Start well: every sensible message is accepted."""
        self.token = token
        self.slack_url = f"https://{SLACK}/services/T04KQ9ZX2PM/B07RW3JD8VQ/{self.token}"
        self.discord_url = f"https://{DISCORD}/api/webhooks/112233445566778899/{self.token}"
        self._posts: list[Post] = []
        self._busy = 0
        self._idle = threading.Condition()
        self.refused_count = 0
        self.followed_count = 0
        self._mood: Mood = "well"
        self._limits_s: dict[int, float | None] = {}
        self._async_limit_s: float | None = None

    @property
    def posts(self) -> list[Post]:
        """Return what they received, in order, once all of it has been answered or given up."""
        with self._idle:
            self._idle.wait_for(lambda: not self._busy, 2 * _PATIENCE_S)
            return list(self._posts)

    def will_be(self, mood: Mood) -> None:
        """Set how the next requests are met.

        Args:
            mood: `well` as in life; an HTTP status, such as 500, or a drawn answer; `silent`: the
                request is taken and never answered; `broken`: it is taken, and the connection
                closed; `dead`: the connection is refused; `a stranger`: whoever answers shows the
                certificate of another host (only `on_the_wire`).
        """
        self._mood = mood

    @property
    def is_dead(self) -> bool:
        """Say whether connections are refused."""
        return self._mood == "dead"

    @contextlib.contextmanager
    def on_the_wire(self, folder: Path) -> Iterator[None]:
        """Have every library of this process reach these webhooks, and trust them.

        Args:
            folder: Where the certificates go.
        """
        # The stranger's is trusted as well: but it is that of another name.
        authority, (own, other) = write_certificates(folder, HOSTS, STRANGERS)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)

        def choose(line: ssl.SSLSocket | ssl.SSLObject, *_: Any) -> None:
            if self._mood == "a stranger":
                strangers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                strangers.load_cert_chain(other)
                line.context = strangers  # now: of what it gets later nothing is shown

        context.sni_callback = choose
        server = _Server(("127.0.0.1", 0), _handler_of(self))
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens: connections are refused
        thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        try:
            with self.callers_led(authority, server.server_port, closed.getsockname()[1]):
                yield
        finally:
            server.shutdown()
            server.server_close()
            closed.close()
            thread.join()

    @contextlib.contextmanager
    def callers_led(self, authority: Path, port: int, closed_port: int) -> Iterator[None]:
        """Lead every library of this process to a server of these webhooks, wherever that runs.

        Args:
            authority: Who signed the server's certificate; it is trusted.
            port: Where on this machine the server listens.
            closed_port: Where callers are led when the webhook is dead.
        """
        trusted = {
            name: str(authority)
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        }
        with (
            mock.patch.dict(os.environ, {**trusted, "NO_PROXY": "*", "no_proxy": "*"}),
            # urllib keeps its first opener, and whom that trusted.
            mock.patch.object(urllib.request, "_opener", None),
            self._sockets_led(port, closed_port),
            self._httpx_observed(),
        ):
            yield

    def hear_nothing(self) -> None:
        """Note a caller that has hung up before it had said anything: silence, on a busy day."""
        with self._idle:
            if self._mood == "silent" and len(self._posts) < _MOST_POSTS:
                self._posts.append(Post("", "", gave_up=True))

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Note a POST that some server has received, and answer it as the mood is."""
        with self._at_work():
            self._answer(handler)

    def answer_get(self, handler: BaseHTTPRequestHandler) -> None:
        """Show a page, as the services do, to whoever has followed a redirection."""
        self.followed_count += 1
        _send(handler, Reply("", 200, "<html>Sign in</html>", {"Content-Type": "text/html"}))

    @contextlib.contextmanager
    def _sockets_led(self, port: int, closed_port: int) -> Iterator[None]:
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
                self.refused_count += self.is_dead
                address = ("127.0.0.1", closed_port if self.is_dead else port)
            real_connect(this, address)

        def settimeout(this: socket.socket, value: float | None) -> None:
            with contextlib.suppress(OSError):
                if this.getpeername()[:2] == ("127.0.0.1", port):
                    if value != _SHORT_S:  # else ssl puts back what it has found: ours
                        self._limits_s[this.getsockname()[1]] = value
                    if value and self._mood == "silent":
                        value = min(value, _SHORT_S)
            real_settimeout(this, value)

        with (
            mock.patch.object(socket, "getaddrinfo", lookup),
            mock.patch.object(socket.socket, "connect", connect),
            mock.patch.object(socket.socket, "settimeout", settimeout),
        ):
            yield

    @contextlib.contextmanager
    def _httpx_observed(self) -> Iterator[None]:
        """Note the time-outs of httpx's asynchronous client: its sockets do not have them."""
        try:
            import httpx
        except ImportError:  # without Prefect, no httpx either
            yield
            return
        real = httpx.AsyncHTTPTransport.handle_async_request

        async def handle(this: Any, request: httpx.Request) -> httpx.Response:
            if request.url.host in HOSTS:
                limits = dict(request.extensions.get("timeout", {}))
                self._async_limit_s = limits.get("read")
                if self._mood == "silent":
                    short = {name: value and min(value, _SHORT_S) for name, value in limits.items()}
                    request.extensions = {**request.extensions, "timeout": short}
            return await real(this, request)

        with mock.patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle):
            yield

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = min(max(int(handler.headers.get("Content-Length") or 0), 0), _LONGEST_BODY)
        host = (handler.headers.get("Host") or "").split(":")[0].lower()
        body = handler.rfile.read(length)
        post, reply = self._meet(host, handler.path, body, handler.client_address[1])
        if self._mood == "broken":
            handler.close_connection = True
            return
        if self._mood == "silent":
            readable, _, _ = select.select([handler.connection], [], [], _PATIENCE_S)
            post.gave_up = bool(readable)
            handler.close_connection = True
            if post.gave_up:
                return
        post.answered = reply.status
        _send(handler, reply)

    def _meet(self, host: str, path: str, body: bytes, client_port: int) -> tuple[Post, Reply]:
        """Note a request; return it with the answer to it."""
        message = _read(body)
        limit_s = self._limits_s.get(client_port, self._async_limit_s)
        post = Post(host, "\n".join(_texts_of(message)), timeout_s=limit_s, path=path)
        with self._idle:
            if len(self._posts) < _MOST_POSTS:
                self._posts.append(post)
        if isinstance(self._mood, Reply):
            return post, self._mood
        if isinstance(self._mood, int):
            # As a proxy's page of errors does, it quotes what was asked for.
            said = "rate_limited" if self._mood == 429 else f"Cannot POST {path}"
            return post, _reply(self._mood, said, host)
        if self.token not in path:
            return post, _reply(404, "no_service")
        fault = _fault_of(host, message)
        if fault:
            return post, _reply(400, fault)
        return post, (_reply(204) if host.startswith("discord") else _reply(200, "ok"))


def _reply(status: int, body: str = "", host: str = "") -> Reply:
    """Make an answer; a redirection says where to."""
    where = {"Location": f"https://{host}/sign-in"} if status in (301, 302, 303) else {}
    return Reply("", status, body, {"Content-Type": "text/plain", **where})


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    body = reply.body.encode()
    handler.send_response(reply.status, reply.reason)
    for name, value in {**reply.headers, "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _read(body: bytes) -> Any:
    """Read the JSON of a request, or the form field in which Slack takes it as well."""
    text = body.decode(errors="replace")
    if text.startswith("payload="):
        text = urllib.parse.parse_qs(text)["payload"][0]
    try:
        return json.loads(text)
    except ValueError:
        return None


def _texts_of(message: Any) -> Iterator[str]:
    if isinstance(message, str):
        yield message
    elif isinstance(message, dict | list):
        for part in message.values() if isinstance(message, dict) else message:
            yield from _texts_of(part)


def _fault_of(host: str, message: Any) -> str:
    """Return why the real service would refuse a message; nothing if it would not.

    Source: docs.slack.dev, Sending messages using incoming webhooks; docs.discord.com, Webhook
    resource, Execute Webhook.
    """
    if not isinstance(message, dict):
        return "invalid_payload"
    if host.startswith("discord"):
        content = message.get("content") or ""
        if not content and not message.get("embeds"):
            return "Cannot send an empty message"
        too_long = len(content) > LONGEST_DISCORD_MESSAGE
        return "content: Must be 2000 or fewer in length." if too_long else ""
    return "" if any(message.get(key) for key in ("text", "blocks", "attachments")) else "no_text"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

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
