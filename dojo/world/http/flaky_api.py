"""Play the customer API: answers, failures and silence as a test scripts them."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests

from dojo.world.clock import RetryClock
from dojo.world.draw.churn import make_customers
from dojo.world.http.clients import Refused, Silent, clients_led
from dojo.world.http.requests_led import Stalled, requests_led
from dojo.world.http.webhook import HOSTS as WEBHOOKS
from dojo.world.seams.libraries import ELAPSED

HOST = "https://api.churn.example"

# What an answer may ask its caller to send the next time, and the headers that send it.
REMINDERS = {
    "Set-Cookie": "session=night-7f3a; Path=/",
    "ETag": '"night-7f3a"',
    "Last-Modified": "Sat, 28 Mar 2026 23:00:00 GMT",
}
ECHOES = ("cookie", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since")

_dump = json.dumps  # `answer` has a parameter called json

_WORDS = {
    400: "bad request",
    401: "token expired",
    403: "forbidden",
    404: "not found",
    429: "too many requests",
    500: "internal error",
    502: "bad gateway",
    503: "busy",
    504: "gateway time-out",
}


@dataclasses.dataclass(frozen=True)
class Answer:
    """One scripted answer of the API.

    Attributes:
        says: What it is, in a few characters: `503`, `time-out`.
        status: The HTTP status.
        body: The body as text.
        headers: The headers, content type included.
        error: Raised instead of answering.
        takes_s: How long the caller waits for it, in seconds of the test's clock.
        meanwhile: Called while the caller waits.
    """

    says: str
    status: int = 0
    body: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    error: Exception | None = None
    takes_s: float = 0.0
    meanwhile: Callable[[], object] | None = None


@dataclasses.dataclass(frozen=True)
class Request:
    """One request that the API received.

    Attributes:
        method: `GET`, usually.
        url: The whole URL.
        headers: The headers it came with.
        timeout_s: How long the caller would have waited, in seconds; None: for ever.
        at_s: When it came, in seconds of the test's clock.
        answered: What the API said: `503`, `time-out`.
    """

    method: str
    url: str
    headers: dict[str, str]
    timeout_s: float | None
    at_s: float
    answered: str

    @property
    def echoed(self) -> dict[str, str]:
        """Return the headers that only somebody sends who was told something by an answer."""
        return {name: text for name, text in self.headers.items() if name.lower() in ECHOES}


class FlakyApi:
    """The customer API as a test scripts it, with all requests it got."""

    TIMEOUT = Answer("time-out", error=requests.exceptions.ReadTimeout("Read timed out."))
    STALLED = Answer(
        "time-out after the headers",
        error=Stalled("HTTPSConnectionPool(host='api.churn.example', port=443): Read timed out."),
    )
    UNREACHED = Answer(
        "time-out while connecting",
        error=requests.exceptions.ConnectTimeout("Connection timed out."),
    )
    REFUSED = Answer(
        "connection refused",
        error=requests.exceptions.ConnectionError("[Errno 111] Connection refused"),
    )
    BROKEN_OFF = Answer(
        "200, and a connection lost in the middle of the body",
        status=200,
        body='[{"customer_id": 1000, "tenure_months": 12}',
        headers={"Content-Type": "application/json", "Content-Length": "4096"},
    )
    NO_JSON = Answer(
        "200 with an HTML page",
        status=200,
        body="<html><body><h1>Maintenance</h1></body></html>",
        headers={"Content-Type": "text/html"},
    )
    HTML = Answer(
        "502 with an HTML page",
        status=502,
        body="<html><body><h1>502 Bad Gateway</h1></body></html>",
        headers={"Content-Type": "text/html"},
    )

    def __init__(self, clock: RetryClock) -> None:
        """Start with a healthy API: every request is answered with the customers.

        Args:
            clock: Tells when a request came.
        """
        self.url = f"{HOST}/customers"
        self.customers: list[dict[str, Any]] = make_customers(5)
        self.requests: list[Request] = []
        self._clock = clock
        self._script: list[Answer] = [self.answer(200)]
        self._lock = threading.RLock()

    def answer(
        self,
        status: int,
        *,
        retry_after: float | str | None = None,
        json: Any = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        takes_s: float = 0.0,
        meanwhile: Callable[[], object] | None = None,
    ) -> Answer:
        """Describe an answer.

        Args:
            status: The HTTP status.
            retry_after: The value of the `Retry-After` header: seconds, or a date as text.
            json: The body, to be written as JSON, accents as they are. By default the customers
                for a 2xx status, otherwise an error object.
            body: The body as text, instead of JSON.
            headers: More headers.
            takes_s: How long the caller waits for it.
            meanwhile: Called while the caller waits.

        Returns:
            Something to give to `will`.
        """
        content = {"Content-Type": "text/plain" if body is not None else "application/json"}
        says = str(status)
        if retry_after is not None:
            content["Retry-After"] = str(retry_after)
            says += f", Retry-After: {retry_after}"
        if json is None:
            healthy = 200 <= status < 300
            json = self.customers if healthy else {"error": _WORDS.get(status, "error")}
        text = body if body is not None else _dump(json, ensure_ascii=False)
        reminders = REMINDERS if 200 <= status < 300 else {}
        told = {**content, **reminders, **(headers or {})}
        return Answer(says, status, text, told, takes_s=takes_s, meanwhile=meanwhile)

    def will(self, *answers: Answer | int) -> None:
        """Script the answers of the next requests; the last one is repeated for ever."""
        if not answers:
            raise ValueError("will() needs at least one answer")
        script = [self.answer(one) if isinstance(one, int) else one for one in answers]
        with self._lock:
            self._script = script

    @property
    def gaps_s(self) -> list[float]:
        """Return the seconds between each request and the next, all waits included."""
        times = [request.at_s for request in self.requests]
        return [round(after - before, 3) for before, after in itertools.pairwise(times)]

    @contextlib.contextmanager
    def on_the_wire(self) -> Iterator[None]:
        """Have every HTTP client of this process reach this API; `requests` reaches nothing else.

        They are all told one script, and what they ask is counted and timed alike.
        """
        # Webhooks are played by `Webhooks`, over a real connection to this machine.
        led = requests_led(HOST, self._reply, besides=WEBHOOKS)
        # With this one requests measures how long an answer took.
        clock = ELAPSED.replaced(self._now_s)
        with led, clock, clients_led(HOST.removeprefix("https://"), _Host(self)):
            yield

    def _now_s(self) -> float:
        return time.perf_counter() + self._clock.advanced_s

    def _hear(
        self, method: str, url: str, headers: Mapping[str, str], timeout_s: float | None
    ) -> Answer:
        """Note a request; return the answer to it, which may be an error to raise."""
        with self._lock:
            if url.split("?", 1)[0].rstrip("/") != self.url:
                answer = self.answer(404)
            else:
                answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
            at_s = self._clock.elapsed_s
            named = {str(key): str(value) for key, value in headers.items()}
            self.requests.append(Request(method, url, named, timeout_s, at_s, answer.says))
        if answer.takes_s:
            self._clock.advance(answer.takes_s)
        if answer.meanwhile is not None:
            answer.meanwhile()
        if answer.error is not None or method != "HEAD":
            return answer
        return dataclasses.replace(answer, body="")

    def _reply(self, *request: Any) -> tuple[int, dict[str, str], str]:
        answer = self._hear(*request)
        if answer.error is not None:
            # A copy: an exception keeps the trace of every place that it was ever raised from.
            raise copy.copy(answer.error)
        return answer.status, dict(answer.headers), answer.body


class _Host:
    """The API as clients meet it that know nothing of the exceptions of `requests`."""

    def __init__(self, api: FlakyApi) -> None:
        self._api = api

    def opens(self, timeout_s: float | None) -> None:
        """Take the next connection; one that is not taken counts as a request for customers.

        Raises:
            Refused: The script has a refusal here.
            Silent: The script has a time-out while connecting here.
        """
        with self._api._lock:
            error = self._api._script[0].error
            is_taken = isinstance(error, Stalled)
            if isinstance(error, requests.exceptions.ConnectionError) and not is_taken:
                self._api._hear("GET", self._api.url, {}, timeout_s)
                is_silent = isinstance(error, requests.exceptions.ConnectTimeout)
                raise Silent if is_silent else Refused

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], timeout_s: float | None
    ) -> tuple[int, Mapping[str, str], str]:
        """Return status, headers and body of the next answer.

        Raises:
            Silent: The script has a time-out here.
        """
        answer = self._api._hear(method, HOST + path, headers, timeout_s)
        if isinstance(answer.error, requests.exceptions.Timeout | Stalled):
            raise Silent
        if answer.error is not None:
            raise copy.copy(answer.error)
        return answer.status, answer.headers, answer.body
