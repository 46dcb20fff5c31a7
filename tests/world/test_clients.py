"""Whoever asks the customer API, with whatever client, meets one script and is seen alike."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import urllib3

from dojo.world.clock import RetryClock, free_waits
from dojo.world.http.clients import CLIENTS
from dojo.world.http.flaky_api import FlakyApi
from dojo.world.network import NetworkRefused, loopback_only

Seen = tuple[int, Any, dict[str, str]]
Ask = Callable[..., Seen]
SENT = {"Authorization": "Bearer x"}


def by_requests(url: str, **more: Any) -> Seen:
    found = requests.get(url, headers=SENT, **more)
    return found.status_code, found.text, dict(found.headers)


def by_httpx(url: str, **more: Any) -> Seen:
    found = httpx.get(url, headers=SENT, **more)
    return found.status_code, found.text, dict(found.headers)


def by_httpx_client(url: str, **more: Any) -> Seen:
    with httpx.Client(headers=SENT, **more) as client:
        found = client.get(url)
    return found.status_code, found.text, dict(found.headers)


def by_httpx_async(url: str, **more: Any) -> Seen:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(headers=SENT) as client:
            return await client.get(url, **more)

    found = asyncio.run(ask())
    return found.status_code, found.text, dict(found.headers)


def by_urllib(url: str, **more: Any) -> Seen:
    asked = urllib.request.Request(url, headers=SENT)
    try:
        with urllib.request.urlopen(asked, **more) as found:
            return found.status, found.read().decode(), dict(found.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def by_http_client(url: str, **more: Any) -> Seen:
    _, _, host, path = url.split("/", 3)
    connection = http.client.HTTPSConnection(host, **more)
    connection.request("GET", f"/{path}", headers=SENT)
    found = connection.getresponse()
    return found.status, found.read().decode(), dict(found.headers)


def by_urllib3(url: str, **more: Any) -> Seen:
    with urllib3.PoolManager(headers=SENT, retries=False) as pool:
        found = pool.request("GET", url, **more)
    return found.status, found.data.decode(), dict(found.headers)


WAYS = [
    by_requests,
    by_httpx,
    by_httpx_client,
    by_httpx_async,
    by_urllib,
    by_http_client,
    by_urllib3,
]
HTTPX = {by_httpx, by_httpx_client, by_httpx_async}
LOST = {
    by_requests: (requests.ReadTimeout, requests.ConnectionError, requests.ConnectTimeout),
    **dict.fromkeys(HTTPX, (httpx.ReadTimeout, httpx.ConnectError, httpx.ConnectTimeout)),
    by_urllib: (TimeoutError, urllib.error.URLError, urllib.error.URLError),
    by_http_client: (TimeoutError, ConnectionRefusedError, TimeoutError),
    by_urllib3: (
        urllib3.exceptions.ReadTimeoutError,
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
    ),
}
each_way = pytest.mark.parametrize("ask", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def passed() -> Iterator[RetryClock]:
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def api(passed: RetryClock) -> Iterator[FlakyApi]:
    api = FlakyApi(passed)
    with loopback_only(), api.on_the_wire():
        yield api


RULES = {
    "README.md": "No network: ask the given address with requests, httpx, urllib or urllib3.",
    "README.fr.md": "Pas de réseau\u00a0: interrogez l'adresse donnée avec requests, httpx, urllib"
    " ou urllib3.",
}
ASKING = [
    path.parent
    for path in (Path(__file__).parents[2] / "katas").glob("*/test_*.py")
    if "flaky_api" in path.read_text()
]


@pytest.mark.parametrize("kata", ASKING, ids=lambda folder: folder.name)
@pytest.mark.parametrize("page", RULES)
def test_page_says_who_may_ask(kata: Path, page: str) -> None:
    assert RULES[page] in (kata / page).read_text(encoding="utf-8")


def test_refusal_is_the_sentence_of_the_page() -> None:
    with loopback_only(), pytest.raises(NetworkRefused) as caught:
        socket.getaddrinfo("example.com", 443)

    assert str(caught.value).endswith(RULES["README.md"])
    assert all(client in RULES["README.md"] for client in CLIENTS)


def test_every_promised_client_is_tried() -> None:
    assert {way.__name__.split("_")[1] for way in WAYS} >= set(CLIENTS)


@each_way
def test_answers_follow_one_script(api: FlakyApi, passed: RetryClock, ask: Ask) -> None:
    api.will(503, api.answer(429, retry_after=30), api.answer(200, json=[{"name": "Zoë"}]))
    seen = []
    for wait_s in (10, 2.5, 0):
        seen.append(ask(f"{api.url}?months=6", timeout=7))
        passed.wait(wait_s, "solution")

    assert [status for status, _, _ in seen] == [503, 429, 200]
    assert json.loads(seen[0][1]) == {"error": "busy"}
    assert {name.lower(): value for name, value in seen[1][2].items()}["retry-after"] == "30"
    assert json.loads(seen[2][1]) == [{"name": "Zoë"}]
    assert api.gaps_s == [10, 2.5]
    assert [(one.method, one.url) for one in api.requests] == [("GET", f"{api.url}?months=6")] * 3
    assert {one.headers["Authorization"] for one in api.requests} == {"Bearer x"}
    assert [one.timeout_s for one in api.requests] == [7, 7, 7]


@each_way
def test_clients_may_take_turns(api: FlakyApi, ask: Ask) -> None:
    api.will(503, 429, 500, 200)
    ways = (by_requests, ask, by_requests, ask)

    assert [way(api.url, timeout=1)[0] for way in ways] == [503, 429, 500, 200]


@each_way
@pytest.mark.parametrize(
    ("failure", "number"), [("TIMEOUT", 0), ("STALLED", 0), ("REFUSED", 1), ("UNREACHED", 2)]
)
def test_failures_are_the_clients_own(api: FlakyApi, ask: Ask, failure: str, number: int) -> None:
    api.will(getattr(api, failure), 200)
    # In the middle of an answer, a time-out of requests is none by its class.
    is_odd = ask is by_requests and failure == "STALLED"

    with pytest.raises(requests.ConnectionError if is_odd else LOST[ask][number]):
        ask(api.url, timeout=7)

    assert ask(api.url, timeout=7)[0] == 200
    assert [one.timeout_s for one in api.requests] == [7, 7]
    assert [one.answered for one in api.requests] == [getattr(api, failure).says, "200"]


@each_way
def test_time_out_of_the_client_itself_is_seen(api: FlakyApi, ask: Ask) -> None:
    own_s = 5 if ask in HTTPX else None  # httpx has one, the others wait for ever
    ask(api.url)

    assert api.requests[0].timeout_s == own_s


@pytest.mark.parametrize(
    ("ask", "timeout", "seconds"),
    [
        (by_httpx, httpx.Timeout(3, read=40), 40),
        (by_httpx_async, httpx.Timeout(3, read=40), 40),
        (by_httpx, None, None),
        (by_httpx_async, None, None),
        (by_urllib3, urllib3.Timeout(connect=3, read=40), 40),
        (by_urllib3, urllib3.Timeout(total=8), 8),
        (by_urllib, None, None),
    ],
)
def test_time_out_for_reading_counts(
    api: FlakyApi, ask: Ask, timeout: Any, seconds: float | None
) -> None:
    ask(api.url, timeout=timeout)

    assert api.requests[0].timeout_s == pytest.approx(seconds, abs=0.1)


def test_default_time_out_of_sockets_is_seen(api: FlakyApi) -> None:
    socket.setdefaulttimeout(12)
    try:
        by_urllib(api.url)
    finally:
        socket.setdefaulttimeout(None)

    assert api.requests[0].timeout_s == 12


@each_way
def test_unknown_path_is_404_and_keeps_the_script(api: FlakyApi, ask: Ask) -> None:
    api.will(503, 200)

    assert ask(f"{api.url}/7", timeout=1)[0] == 404
    assert ask(api.url, timeout=1)[0] == 503


@pytest.mark.parametrize("ask", WAYS[1:], ids=lambda way: way.__name__)
def test_answer_that_breaks_off_is_an_error(api: FlakyApi, ask: Ask) -> None:
    api.will(api.answer(200, body='[{"customer_id": 1', headers={"Content-Length": "900"}))

    with pytest.raises(
        (http.client.IncompleteRead, httpx.RemoteProtocolError, urllib3.exceptions.ProtocolError)
    ):
        ask(api.url, timeout=1)


@each_way
def test_long_body_arrives_whole(api: FlakyApi, ask: Ask) -> None:
    rows = [{"customer_id": number, "contract": "é" * 40} for number in range(5000)]
    api.will(api.answer(200, json=rows))

    assert json.loads(ask(api.url, timeout=1)[1]) == rows


@each_way
def test_another_host_is_out_of_reach(api: FlakyApi, ask: Ask) -> None:
    refused = (requests.ConnectionError, httpx.ConnectError, OSError, urllib3.exceptions.HTTPError)
    with pytest.raises(refused):
        ask("https://api.churn.example.com/customers", timeout=1)

    assert api.requests == []


def test_pool_that_retries_waits_as_told(api: FlakyApi, passed: RetryClock) -> None:
    api.will(api.answer(429, retry_after=30), api.REFUSED, 200)
    retry = urllib3.Retry(total=3, status_forcelist=[429], backoff_factor=4)
    with urllib3.PoolManager(retries=retry) as pool:
        assert pool.request("GET", api.url, timeout=1).status == 200

    assert api.gaps_s == [30, 8]
    assert [wait.by for wait in passed.waits] == ["solution", "solution"]


def test_httpx_that_connects_again_is_counted(api: FlakyApi) -> None:
    api.will(api.REFUSED)
    with (
        httpx.Client(transport=httpx.HTTPTransport(retries=2)) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get(api.url)

    assert api.gaps_s == [0, 0.5]


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD"])
@pytest.mark.parametrize("way", ["httpx", "urllib3"])
def test_method_is_noted(api: FlakyApi, method: str, way: str) -> None:
    api.will(200)
    if way == "httpx":
        httpx.request(method, api.url, timeout=1)
    else:
        urllib3.request(method, api.url, body="x" * 90_000, timeout=1)

    assert [one.method for one in api.requests] == [method]


def test_end_of_the_block_puts_all_back() -> None:
    before = (http.client.HTTPSConnection.connect, urllib3.connection.HTTPSConnection.connect)
    with loopback_only():
        with FlakyApi(RetryClock()).on_the_wire():
            pass
        with pytest.raises(httpx.ConnectError) as caught:
            httpx.get("https://api.churn.example/customers")
        with pytest.raises(NetworkRefused):
            http.client.HTTPSConnection("api.churn.example").connect()
    assert "No network" in str(caught.value)
    assert before == (
        http.client.HTTPSConnection.connect,
        urllib3.connection.HTTPSConnection.connect,
    )
