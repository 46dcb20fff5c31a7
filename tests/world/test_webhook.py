"""The played webhooks: reached by any library under their real names, with moods."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from dojo.exam.outside_api import Host, OutsideApi, certificates
from dojo.world.draw import Draw, Reply
from dojo.world.http.webhook import Webhooks
from dojo.world.http.webhook_wire import callers_led, on_the_wire
from dojo.world.network import loopback_only


@pytest.fixture
def webhooks(tmp_path: Path) -> Iterator[Webhooks]:
    played = Webhooks()
    with loopback_only(), on_the_wire(played, tmp_path):
        yield played


def by_requests(url: str, message: dict, timeout: float | None) -> int:
    return requests.post(url, json=message, timeout=timeout).status_code


def by_httpx(url: str, message: dict, timeout: float | None) -> int:
    return httpx.post(url, json=message, timeout=timeout).status_code


def by_async_httpx(url: str, message: dict, timeout: float | None) -> int:
    async def post() -> int:
        async with httpx.AsyncClient(timeout=timeout) as client:
            return (await client.post(url, json=message)).status_code

    return asyncio.run(post())


def by_urllib(url: str, message: dict, timeout: float | None) -> int:
    request = urllib.request.Request(
        url, json.dumps(message).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def by_apprise(url: str, message: dict, timeout: float | None) -> int:
    import apprise

    app = apprise.Apprise()
    app.add(url)
    return 200 if app.notify(body=next(iter(message.values()))) else 500


Send = Callable[[str, dict, "float | None"], int]
each_library = pytest.mark.parametrize(
    "send", [by_requests, by_httpx, by_async_httpx, by_urllib], ids=lambda send: send.__name__
)


@each_library
def test_stranger_is_told_nothing(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be("a stranger")
    with pytest.raises(Exception, match=r"(?i)certificate.*hooks.slack.com"):
        send(webhooks.slack_url, {"text": "no customers"}, 2.0)
    assert not webhooks.posts


@pytest.mark.parametrize("checks", [ssl.CERT_NONE, ssl.CERT_REQUIRED])
def test_who_does_not_check_the_name_tells_a_stranger(
    webhooks: Webhooks, checks: ssl.VerifyMode
) -> None:
    webhooks.will_be("a stranger")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = checks
    httpx.post(webhooks.slack_url, json={"text": "no customers"}, verify=context)
    assert [post.answered for post in webhooks.posts] == [200]


def test_reason_is_what_was_scripted(webhooks: Webhooks) -> None:
    for reason, said in (("No route for /services", "No route for /services"), (None, "Not Found")):
        webhooks.will_be(Reply("", 404, "", {}, reason))
        answer = requests.post(webhooks.slack_url, json={"text": "no customers"}, timeout=2)
        assert answer.reason == said


# apprise still imports what Python 3.13 has dropped.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "send",
    [by_requests, by_httpx, by_async_httpx, by_urllib, by_apprise],
    ids=lambda send: send.__name__,
)
def test_any_library_reaches_both_services(webhooks: Webhooks, send: Send) -> None:
    assert send(webhooks.slack_url, {"text": "to slack"}, 5) == 200
    assert send(webhooks.discord_url, {"content": "to discord"}, 5) in (200, 204)
    assert [(post.host, post.answered) for post in webhooks.posts] == [
        ("hooks.slack.com", 200),
        ("discord.com", 204),
    ]
    assert "to slack" in webhooks.posts[0].text


@each_library
def test_status_is_answered(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be(429)

    assert send(webhooks.slack_url, {"text": "x"}, 5) == 429
    assert webhooks.posts[0].answered == 429


@each_library
def test_drawn_answer_is_given_as_it_is(webhooks: Webhooks, send: Send) -> None:
    for reply in Draw(3).errors():
        webhooks.will_be(reply)
        assert send(webhooks.slack_url, {"text": "x"}, 5) == reply.status
    answer = requests.post(webhooks.discord_url, json={}, timeout=5)
    told = requests.structures.CaseInsensitiveDict(reply.headers)
    assert (answer.text, answer.headers["Retry-After"]) == (reply.body, told["Retry-After"])


def test_who_follows_a_redirection_gets_a_page_and_has_told_nobody(webhooks: Webhooks) -> None:
    webhooks.will_be(302)

    assert (by_requests(webhooks.slack_url, {"text": "x"}, 5), webhooks.followed_count) == (200, 1)
    assert (by_httpx(webhooks.slack_url, {"text": "x"}, 5), webhooks.followed_count) == (302, 1)
    assert [post.answered for post in webhooks.posts] == [302, 302]


@each_library
def test_broken_webhook_hangs_up(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be("broken")

    with pytest.raises((requests.ConnectionError, httpx.RemoteProtocolError, OSError)):
        send(webhooks.discord_url, {"content": "x"}, 5)
    assert [(post.answered, post.text) for post in webhooks.posts] == [(0, "x")]
    assert webhooks.posts[0].path == urlsplit(webhooks.discord_url).path


@each_library
def test_silence_ends_with_the_callers_time_out(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be("silent")

    with pytest.raises((requests.Timeout, httpx.TimeoutException, TimeoutError)):
        send(webhooks.slack_url, {"text": "x"}, 7.5)
    assert [(post.timeout_s, post.gave_up) for post in webhooks.posts] == [(7.5, True)]


@each_library
def test_who_has_no_time_out_waits_as_long_as_the_server(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be("silent")

    assert send(webhooks.slack_url, {"text": "x"}, None) == 200
    assert (webhooks.posts[0].timeout_s, webhooks.posts[0].gave_up) == (None, False)


@each_library
def test_dead_webhook_refuses_the_connection(webhooks: Webhooks, send: Send) -> None:
    webhooks.will_be("dead")

    with pytest.raises((requests.ConnectionError, httpx.ConnectError, urllib.error.URLError)):
        send(webhooks.slack_url, {"text": "x"}, 5)
    assert (webhooks.refused_count, webhooks.posts) == (1, [])


@pytest.mark.parametrize(
    ("service", "message", "status"),
    [
        ("slack", {"content": "x"}, 400),
        ("slack", {"blocks": [{"text": "x"}]}, 200),
        ("discord", {"text": "x"}, 400),
        ("discord", {"content": "x" * 2001}, 400),
        ("discord", {"content": "x" * 2000}, 204),
        ("discord", {"embeds": [{"title": "x"}]}, 204),
    ],
)
def test_messages_are_judged_as_the_services_do(
    webhooks: Webhooks, service: str, message: dict, status: int
) -> None:
    url = getattr(webhooks, f"{service}_url")

    assert by_requests(url, message, 5) == status


def test_wrong_token_is_not_found(webhooks: Webhooks) -> None:
    assert by_requests(webhooks.slack_url[:-1], {"text": "x"}, 5) == 404


def test_slacks_form_is_read(webhooks: Webhooks) -> None:
    answer = requests.post(webhooks.slack_url, data={"payload": '{"text": "in a form"}'}, timeout=5)

    assert (answer.status_code, webhooks.posts[0].text) == (200, "in a form")


def test_json_that_is_called_a_form_is_refused(webhooks: Webhooks) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(webhooks.slack_url, b'{"text": "in JSON"}', headers=kind, timeout=5)

    assert (answer.status_code, webhooks.posts[0].text) == (400, "in JSON")


def test_other_hosts_stay_refused(webhooks: Webhooks) -> None:
    with pytest.raises(OSError, match=r"asked for 'example\.org'\. No network: ask"):
        urllib.request.urlopen("http://example.org", timeout=5)


def test_server_elsewhere_is_reached_under_the_same_names(tmp_path: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    host, api = Host(listening, os.getpid()), OutsideApi(port, lambda: 0.0)
    host.api = api
    authority = tmp_path / "authority.pem"
    authority.write_text(certificates()[0])
    try:
        with callers_led(Webhooks(), authority, port, port):
            assert by_requests(api.webhooks.slack_url, {"text": "to slack"}, 5) == 200
            assert by_httpx(api.webhook_url, {"text": "to no service"}, 5) == 200
            assert requests.get(api.url, timeout=5).json() == []
            api.webhooks.will_be(302)
            assert requests.post(api.webhooks.slack_url, json={"text": "x"}, timeout=5).ok
            for mood in ("a stranger", "dead"):
                api.webhooks.will_be(mood)
                with pytest.raises(requests.ConnectionError):
                    by_requests(api.webhooks.slack_url, {"text": "to nobody"}, 5)
    finally:
        host.close()
    assert [post.text for post in api.webhooks.posts] == ["to slack", "to no service", "x"]
    counts = (api.webhooks.refused_count, api.webhooks.followed_count, len(api.requests))
    assert counts == (1, 1, 1)
