"""The customer API says what a test scripts, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry, Timeout

from dojo.world.clock import RetryClock, free_waits
from dojo.world.http.flaky_api import Answer, FlakyApi


@pytest.fixture
def time_of_test() -> Iterator[RetryClock]:
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def api(time_of_test: RetryClock) -> Iterator[FlakyApi]:
    api = FlakyApi(time_of_test)
    with api.on_the_wire():
        yield api


def ask(api: FlakyApi, times: int) -> list[int]:
    return [requests.get(api.url, timeout=1).status_code for _ in range(times)]


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[requests.Session]:
    """A session that retries as a polite client would."""
    retry = Retry(
        total=3,
        status_forcelist=[429, 503],
        backoff_factor=1,
        **getattr(request, "param", {}),
    )
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        yield session


def test_unscripted_api_answers_with_customers(api: FlakyApi) -> None:
    response = requests.get(api.url, timeout=1)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == api.customers
    assert len(api.customers) == 5


def test_answers_follow_script_and_last_repeats(api: FlakyApi) -> None:
    api.will(503, 429, 200)

    assert ask(api, 5) == [503, 429, 200, 200, 200]
    assert [request.answered for request in api.requests] == ["503", "429", "200", "200", "200"]


def test_new_script_replaces_the_old(api: FlakyApi) -> None:
    api.will(503, 503, 503)
    ask(api, 1)
    api.will(200)

    assert ask(api, 2) == [200, 200]


def test_empty_script_is_refused(api: FlakyApi) -> None:
    with pytest.raises(ValueError, match=r"will\(\) needs at least one answer"):
        api.will()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {"error": "busy"}),
        (429, {"error": "too many requests"}),
        (404, {"error": "not found"}),
        (418, {"error": "error"}),
    ],
)
def test_failure_has_a_json_body(api: FlakyApi, status: int, body: dict) -> None:
    api.will(status)

    assert requests.get(api.url, timeout=1).json() == body


@pytest.mark.parametrize(
    ("given", "header"),
    [(30, "30"), (0, "0"), ("Fri, 31 Dec 2027 23:59:59 GMT", "Fri, 31 Dec 2027 23:59:59 GMT")],
    ids=["seconds", "zero", "date"],
)
def test_retry_after_is_sent_as_header(api: FlakyApi, given: int | str, header: str) -> None:
    api.will(api.answer(429, retry_after=given))
    response = requests.get(api.url, timeout=1)

    assert response.headers["Retry-After"] == header
    assert api.requests[0].answered == f"429, Retry-After: {header}"


def test_answer_without_retry_after_has_none(api: FlakyApi) -> None:
    api.will(429)

    assert "Retry-After" not in requests.get(api.url, timeout=1).headers


def test_given_json_body_and_headers_are_sent(api: FlakyApi) -> None:
    api.will(
        api.answer(200, json=[], headers={"X-Page": "1"}), api.answer(200, body="soon <b>back</b>")
    )
    first, second = requests.get(api.url, timeout=1), requests.get(api.url, timeout=1)

    assert (first.json(), first.headers["X-Page"]) == ([], "1")
    assert (second.text, second.headers["Content-Type"]) == ("soon <b>back</b>", "text/plain")


def test_html_answer_is_not_json(api: FlakyApi) -> None:
    api.will(api.HTML)
    response = requests.get(api.url, timeout=1)

    assert response.status_code == 502
    assert response.headers["Content-Type"] == "text/html"
    with pytest.raises(requests.JSONDecodeError):
        response.json()


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (FlakyApi.TIMEOUT, requests.Timeout, "time-out"),
        (FlakyApi.STALLED, requests.ConnectionError, "time-out after the headers"),
        (FlakyApi.REFUSED, requests.ConnectionError, "connection refused"),
        (Answer("broken", error=OSError("broken")), OSError, "broken"),
    ],
    ids=["timeout", "stalled", "refused", "own"],
)
def test_error_is_raised_then_script_goes_on(
    api: FlakyApi, answer: Answer, error: type[Exception], said: str
) -> None:
    api.will(answer, 200)

    with pytest.raises(error):
        requests.get(api.url, timeout=1)

    assert ask(api, 1) == [200]
    assert [request.answered for request in api.requests] == [said, "200"]


def test_each_error_tells_its_own_story(api: FlakyApi) -> None:
    def ask_here() -> None:
        requests.get(api.url, timeout=1)

    def ask_there() -> None:
        requests.get(api.url, timeout=1)

    api.will(api.REFUSED)
    seen = []
    for call in (ask_here, ask_there):
        with pytest.raises(requests.ConnectionError, match="Errno 111") as caught:
            call()
        frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
        seen.append([name for name in frames if name.startswith("ask_")])

    assert seen == [["ask_here"], ["ask_there"]]


@pytest.mark.parametrize("path", ["/s", "/7", ""], ids=["longer", "below", "root"])
def test_unknown_path_is_404_and_keeps_script(api: FlakyApi, path: str) -> None:
    api.will(503, 200)
    url = api.url + path if path else api.url.rsplit("/", 1)[0]

    assert requests.get(url, timeout=1).status_code == 404
    assert ask(api, 2) == [503, 200]


@pytest.mark.parametrize("more", ["?page=2", "/", "/?page=2"])
def test_query_and_slash_reach_the_customers(api: FlakyApi, more: str) -> None:
    assert requests.get(api.url + more, timeout=1).json() == api.customers
    assert api.requests[0].url.endswith(more)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_every_method_is_answered_and_named(api: FlakyApi, method: str) -> None:
    api.will(503)

    assert requests.request(method, api.url, timeout=1).status_code == 503
    assert api.requests[0].method == method


@pytest.mark.parametrize("more", ["nord:s3cret@", ""])
@pytest.mark.parametrize("port", [":8443", ""])
def test_user_and_port_reach_the_customers(api: FlakyApi, more: str, port: str) -> None:
    url = f"https://{more}api.churn.example{port}/customers?page=2"
    assert requests.get(url, timeout=1).ok
    asked = api.requests[0]
    assert asked.url == f"{api.url}?page=2"
    assert ("Authorization" in asked.headers) == bool(more)


def test_letters_are_sent_as_they_are(api: FlakyApi) -> None:
    api.will(api.answer(200, json=[{"name": "Zoë, 東京"}]))
    answer = requests.get(api.url, timeout=1)
    assert "Zoë, 東京".encode() in answer.content
    assert answer.json() == [{"name": "Zoë, 東京"}]


def test_another_host_is_out_of_reach(api: FlakyApi) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://api.churn.example.com/customers", timeout=1)

    assert api.requests == []


def test_request_keeps_url_and_headers(api: FlakyApi) -> None:
    requests.get(api.url, params={"page": 2}, headers={"Authorization": "Bearer x"}, timeout=1)

    (request,) = api.requests
    assert request.url == f"{api.url}?page=2"
    assert request.headers["Authorization"] == "Bearer x"
    assert request.at_s == 0


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        (10, 10),
        (2.5, 2.5),
        ((3, 27), 27),
        ((3, None), None),
        (None, None),
        (Timeout(connect=3, read=7), 7),
        (Timeout(total=8), 8),
    ],
    ids=["int", "float", "tuple", "tuple_for_ever", "none", "urllib3", "urllib3_total"],
)
def test_request_keeps_its_read_timeout(
    api: FlakyApi, timeout: object, seconds: float | None
) -> None:
    requests.get(api.url, timeout=timeout)

    assert api.requests[0].timeout_s == seconds


def test_request_without_timeout_waits_for_ever(api: FlakyApi) -> None:
    requests.get(api.url)

    assert api.requests[0].timeout_s is None


def test_gaps_are_the_waits_between_requests(api: FlakyApi, time_of_test: RetryClock) -> None:
    for seconds in (10, 0.25, 0.05):
        ask(api, 1)
        time_of_test.wait(seconds, "engine")
    ask(api, 1)

    assert api.gaps_s == [10, 0.25, 0.05]
    assert api.requests[-1].at_s == 10.3


@pytest.mark.parametrize("times", [0, 1])
def test_gaps_need_two_requests(api: FlakyApi, times: int) -> None:
    ask(api, times)

    assert api.gaps_s == []


def test_retrying_session_waits_as_told(
    api: FlakyApi, session: requests.Session, time_of_test: RetryClock
) -> None:
    api.will(api.answer(429, retry_after=30), api.answer(503, retry_after=7), 200)

    assert session.get(api.url, timeout=1).status_code == 200
    assert api.gaps_s == [30, 7]
    assert [(wait.seconds, wait.by) for wait in time_of_test.waits] == [
        (30, "solution"),
        (7, "solution"),
    ]


def test_retrying_session_backs_off_unless_told(api: FlakyApi, session: requests.Session) -> None:
    api.will(503, api.answer(429, retry_after=30), 503, 200)

    assert session.get(api.url, timeout=1).status_code == 200
    assert api.gaps_s == [0, 30, 4]


@pytest.mark.parametrize(
    "session", [{"respect_retry_after_header": False}], indirect=True, ids=["deaf"]
)
def test_deaf_session_waits_its_own_backoff(api: FlakyApi, session: requests.Session) -> None:
    api.will(api.answer(429, retry_after=30), api.answer(429, retry_after=30), 200)

    assert session.get(api.url, timeout=1).status_code == 200
    assert api.gaps_s == [0, 2]


def test_retrying_session_gives_up_after_total(api: FlakyApi, session: requests.Session) -> None:
    api.will(503)

    with pytest.raises(requests.exceptions.RetryError):
        session.get(api.url, timeout=1)

    assert len(api.requests) == 4


def test_retrying_session_never_repeats_a_post(api: FlakyApi, session: requests.Session) -> None:
    api.will(503, 200)

    assert session.post(api.url, timeout=1).status_code == 503
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("more", "failure", "asked"),
    [
        ({"total": None, "connect": 2}, "REFUSED", 3),
        ({"total": None, "connect": 2, "read": False}, "TIMEOUT", 1),
        ({"total": None, "read": 1}, "TIMEOUT", 2),
    ],
)
def test_session_connects_again_as_often_as_it_may(
    api: FlakyApi, more: dict, failure: str, asked: int
) -> None:
    api.will(getattr(api, failure))
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(**more)))
        with pytest.raises(requests.RequestException, match=r"refused|timed out"):
            session.get(api.url, timeout=1)

    assert len(api.requests) == asked


def test_time_that_an_answer_took_is_the_clients_too(api: FlakyApi) -> None:
    api.will(api.answer(200, takes_s=20))

    assert requests.get(api.url, timeout=30).elapsed.total_seconds() >= 20


def test_plain_session_does_not_retry(api: FlakyApi) -> None:
    api.will(api.answer(503, retry_after=30), 200)

    with requests.Session() as session:
        assert session.get(api.url, timeout=1).status_code == 503
    assert len(api.requests) == 1


class YieldingClock(RetryClock):
    """Lets other threads go first whenever it is read."""

    @property
    def elapsed_s(self) -> float:
        for _ in range(20):
            time.sleep(0)
        return 0.0


def test_eight_threads_lose_no_request() -> None:
    api = FlakyApi(YieldingClock())
    api.will(*[503] * 20, *[429] * 20, 200)
    together = threading.Barrier(8)

    def ask_ten_times() -> list[int]:
        together.wait(timeout=30)
        return ask(api, 10)

    with api.on_the_wire(), ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(ask_ten_times) for _ in range(8)]
        seen = sorted(status for future in futures for status in future.result(timeout=60))

    assert seen == [200] * 40 + [429] * 20 + [503] * 20
    answered = [request.answered for request in api.requests]
    assert answered == ["503"] * 20 + ["429"] * 20 + ["200"] * 40


def test_request_for_another_host_is_told_what_to_do(api: FlakyApi) -> None:
    with pytest.raises(
        requests.ConnectionError,
        match=r"asked for 'weather.example'. No network: ask the given add",
    ):
        requests.get("https://weather.example/v2/customers", timeout=1)

    assert api.requests == []
