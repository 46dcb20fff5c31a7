"""Play the webhooks of Slack and Discord: what they were told, and what they answer.

Some server has received it: that of `webhook_wire`, in a test's own process, or an examination's,
which runs outside.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import select
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

from dojo.world.draw.answers import Reply

SLACK = "hooks.slack.com"
DISCORD = "discord.com"
HOSTS = (SLACK, "hooks.slack-gov.com", DISCORD, "discordapp.com")
LONGEST_DISCORD_MESSAGE = 2000

_PATIENCE_S = 1.0  # how long the server of a silent webhook waits for its caller to hang up

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
        mood: How requests are met; see `will_be`.
        limits_s: How long callers wait for an answer, by the port that they call from; by None
            those of whom it is not known. None is for ever.
        meanwhile: What else happens when a caller of this process is about to connect, in its own
            thread.
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
        self.mood: Mood = "well"
        self.limits_s: dict[int | None, float | None] = {}
        self.meanwhile: Callable[[], object] = list

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
                certificate of another host (only `webhook_wire.on_the_wire`).
        """
        self.mood = mood

    @property
    def is_dead(self) -> bool:
        """Say whether connections are refused."""
        return self.mood == "dead"

    def hear_nothing(self) -> None:
        """Note a caller that has hung up before it had said anything: silence, on a busy day."""
        with self._idle:
            if self.mood == "silent" and len(self._posts) < _MOST_POSTS:
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
        kind = handler.headers.get("Content-Type") or ""
        post, reply = self._meet(host, handler.path, body, kind, handler.client_address[1])
        if self.mood == "broken":
            handler.close_connection = True
            return
        if self.mood == "silent":
            readable, _, _ = select.select([handler.connection], [], [], _PATIENCE_S)
            post.gave_up = bool(readable)
            handler.close_connection = True
            if post.gave_up:
                return
        post.answered = reply.status
        _send(handler, reply)

    def _meet(
        self, host: str, path: str, body: bytes, kind: str, client_port: int
    ) -> tuple[Post, Reply]:
        """Note a request, of some kind of content; return it with the answer to it."""
        message = _read(body)
        limit_s = self.limits_s.get(client_port, self.limits_s.get(None))
        post = Post(host, "\n".join(_texts_of(message)), timeout_s=limit_s, path=path)
        with self._idle:
            if len(self._posts) < _MOST_POSTS:
                self._posts.append(post)
        if isinstance(self.mood, Reply):
            return post, self.mood
        if isinstance(self.mood, int):
            # As a proxy's page of errors does, it quotes what was asked for.
            said = "rate_limited" if self.mood == 429 else f"Cannot POST {path}"
            return post, _reply(self.mood, said, host)
        if self.token not in path:
            return post, _reply(404, "no_service")
        fault = _fault_of(host, message)
        if "x-www-form-urlencoded" in kind and not body.startswith(b"payload="):
            fault = "a form without a field"  # whatever it says, it is not read as JSON
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
