"""Ask an API that is not always there: wait for what can heal, fail loudly on what cannot.

All five functions keep two promises. An answer of 400 or more is never returned as customers.
Every request carries a time-out of at most 60 s, as your client understands it. In tasks 1 to 4
the waiting between requests is the engine's, so that its history shows it, whatever `Retry-After`
says. No run sends what another one was told, such as cookies or an ETag.
"""

import logging
import os
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

TIMEOUT_S = 10.0


def fetch(url: str) -> list[dict]:
    """Ask once: the customers, or an exception that the engine can see."""
    response = requests.get(url, timeout=TIMEOUT_S)
    response.raise_for_status()
    return response.json()


def can_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    """Tell whether asking again may help; the failed state carries the exception."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    lost = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, lost)


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    """Load the customers, with up to three retries 60 s apart, whatever the failure.

    Args:
        url: Address of the API, asked as it is; an error may name it. GET answers the customers
            in JSON, or an error. It redirects nobody, and its statuses end at 599.

    Returns:
        The JSON of the first answer below 400 that has any, as it is, list or not.

    Raises:
        requests.HTTPError: The fourth answer was 400 or more. An error of your own will do if its
            text names the status.
        requests.RequestException: The fourth request got no answer at all, or one below 400
            without JSON.
    """
    return fetch(url)


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_with_backoff(url: str) -> list[dict]:
    """Load the customers, with three retries at most, whatever fails: after 10 s, 30 s, 60 s.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`.
    """
    return fetch(url)


@task(retries=4, retry_delay_seconds=exponential_backoff(10), retry_jitter_factor=0.5)
def load_with_jitter(url: str) -> list[dict]:
    """Load the customers, four retries at most, whatever fails: after about 10, 20, 40, 80 s.

    Each wait is drawn at random, anew in every run, between 0.5 and 1.5 times these figures; also
    in processes that were forked after this file was imported.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`, at the fifth request.
    """
    return fetch(url)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal)
def load_unless_hopeless(url: str) -> list[dict]:
    """Load the customers, with up to three retries 10 s apart, only for what can heal.

    What can heal: 429, every status of 500 or more, a refused or lost connection, a time-out.
    What cannot: 401, 403, 404. Other errors: as you like.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.RequestException: As in `load_customers`; 401, 403, 404 after one request.
    """
    return fetch(url)


@task
def load_politely(url: str) -> list[dict]:
    """Load the customers with at most four requests, as far apart as the API asks.

    After 429 or 503 the next request comes no sooner than the header `Retry-After` says (whole
    seconds, 0 or more; 10 s without the header), and at most 60 s later than that. Who waits is up
    to you; an event loop that it runs in goes on meanwhile. There is no wait after the last
    request. A lost connection: retry it or not, after whatever wait, as you like; it is one of the
    four.

    Args:
        url: As in `load_customers`.

    Returns:
        As `load_customers`.

    Raises:
        requests.HTTPError: The fourth answer was still 429 or 503; or the API gave another error
            (ask again or not, as you like). An error of your own will do as in `load_customers`.
    """
    for request in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()


def _serve(answers: list[int], asked_at: list[float]) -> ThreadingHTTPServer:
    class FlakyApi(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = answers[len(asked_at)]
            asked_at.append(time.monotonic())
            self.send_response(status)
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(b'[{"id": 1}, {"id": 2}]' if status == 200 else b'{"error": "busy"}')

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), FlakyApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _demo() -> None:
    """Run the five tasks on a flaky API of our own, 100 times as fast, and print each wait."""
    double = load_with_jitter.with_options(retry_delay_seconds=exponential_backoff(0.1))
    scenes = [
        (load_customers.with_options(retry_delay_seconds=0.6), [503, 503, 200]),
        (load_with_backoff.with_options(retry_delay_seconds=[0.1, 0.3, 0.6]), [503, 429, 503, 503]),
        (double, [503, 503, 503, 503, 200]),
        (double, [503, 503, 503, 503, 200]),
        (load_unless_hopeless.with_options(retry_delay_seconds=0.1), [503, 404]),
        (load_politely, [429, 503, 200]),
    ]
    answers: list[int] = []
    asked_at: list[float] = []
    server = _serve(answers, asked_at)
    for run, script in scenes:
        answers[:], asked_at[:] = script, []
        try:
            found = run(f"http://127.0.0.1:{server.server_port}/customers")
            print(f"\n{run.name} returned {len(found)} customers\n  request  waited  answer")
        except requests.RequestException as error:
            print(f"\n{run.name} raised {type(error).__name__}\n  request  waited  answer")
        for i, status in enumerate(script):
            print(f"  {i + 1:>7}  {asked_at[i] - asked_at[max(i - 1, 0)]:>4.2f} s  {status}")
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only. 60 s are shown as 0.60 s.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo()
