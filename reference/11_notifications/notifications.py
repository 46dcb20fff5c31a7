"""Tell people once that the night has failed, and never let the telling get in the way.

The address of the webhook is in the environment variable CHURN_WEBHOOK_URL, which is read when
there is something to tell. It is a secret: who knows it can write in your channel.
"""

import csv
import json
import logging
import os
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import requests
from prefect import Flow, State, flow, task
from prefect.client.schemas.objects import FlowRun
from prefect.utilities.urls import url_for

TIMEOUT_S = 10.0
LONGEST_MESSAGE = 2000  # Discord refuses more


@task(retries=2, retry_delay_seconds=60)
def load_customers(path: str) -> list[dict]:
    """Read tonight's customers from the file share (given)."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def send_message(url: str, text: str) -> None:
    """Post a message to a webhook of Slack or Discord.

    Slack wants a JSON object with `text`, Discord one with `content`, at most 2000 characters of
    it, as `len` counts. Slack answers 200 when it has taken it, Discord 200 or 204. Who is silent
    may have taken it, too, and is not asked again. Who has another host's certificate gets nothing.
    Two threads may send at once.

    Args:
        url: The whole address: `https://hooks.slack.com/services/...` or
            `https://discord.com/api/webhooks/...`.
        text: What to say, of any length. Of a long text the end may be left out.

    Raises:
        Exception: The webhook answered 300 or more, could not be reached (a mistyped address, too),
            or gave no answer within a time-out of the request, which is at most 60 s (for each
            wait, as HTTP libraries count it). The text of the error contains the word `webhook`
            (and the status, if your way of calling tells it). Neither the text nor the traceback
            contains the address, or a part of it beyond the host, not even its last four signs.
    """
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        content = {key: text[:LONGEST_MESSAGE]}
        answer = requests.post(url, json=content, timeout=TIMEOUT_S, allow_redirects=False)
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except (requests.RequestException, ValueError) as error:  # the latter to what is no address
        problem = type(error).__name__  # its text has the whole address
    if problem:
        # Without the host: of a mistyped address all may be taken for that.
        raise RuntimeError(f"the webhook could not be told: {problem}")


def tell(flow: Flow, flow_run: FlowRun, state: State) -> None:
    """Tell how a run has ended; a hook of the flow."""
    url = os.environ.get("CHURN_WEBHOOK_URL")
    if url:
        where, what = url_for(flow_run), state.message or ""  # the longest last: it may be cut
        send_message(url, f"{flow.name}, run {flow_run.name}: {state.name}\n{where}\n{what}")


def tell_when_asked(flow: Flow, flow_run: FlowRun, state: State) -> None:
    """Tell a success, if this run was asked to."""
    if flow_run.parameters.get("tell_success"):
        tell(flow, flow_run, state)


@flow(on_failure=[tell], on_crashed=[tell], on_completion=[tell_when_asked])
def score_customers(path: str, tell_success: bool = False) -> int:  # noqa: ARG001 - for the hook
    """Score tonight's customers (the body is given), and tell people how it has ended.

    One message a run, to the webhook in CHURN_WEBHOOK_URL: after the last retry of a run that
    failed or crashed, whoever has started it, under whatever name, also in another flow; after a
    successful one only with `tell_success`. It contains the flow's name, the run's name, the
    error's text (may be cut; of a crash it may be missing; of a `TimeoutError` what the state's
    message says of it will do) and the address of the run's page, if it has one. Whatever the
    webhook does, the run ends as it would have ended without it; and if it could not be told, the
    run's log has a warning or an error with the word `webhook`. Without CHURN_WEBHOOK_URL, or with
    an empty one, nobody is told. A run whose parameters were refused has not begun, and one that
    somebody has tried again by hand has two ends: both as you like.

    The address of the webhook is nowhere: in no message, log, error or parameter.

    Args:
        path: A CSV file with one row a customer.
        tell_success: Tell a success, too: True or False (a text such as "false": as you like).

    Returns:
        How many customers were scored.

    Raises:
        OSError: The third try could not read the file.
        ValueError: The file has no customers.
    """
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)


class _Channel(BaseHTTPRequestHandler):
    """Plays a webhook of Slack: prints what it gets, and refuses when it is told to."""

    status = 200

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(f"  webhook, answering {self.status}: {message['text'].splitlines()}")
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def _demo(folder: Path) -> None:
    """Run good and bad nights against a webhook of our own, and print what it was told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Channel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["CHURN_WEBHOOK_URL"] = f"http://127.0.0.1:{server.server_port}/services/T0/B0/secret"
    good, missing = folder / "customers.csv", folder / "missing.csv"
    good.write_text("id,contract\n1,one year\n2,monthly\n")
    load_customers.retry_delay_seconds = 0.1
    nights = [
        ("a good night", good, False, 200),
        ("a good night that is to be told", good, True, 200),
        ("no file", missing, False, 200),
        ("no file, and a webhook that refuses", missing, False, 500),
    ]
    for title, path, tell_success, _Channel.status in nights:
        print(f"\n{title}", flush=True)
        state = score_customers(str(path), tell_success, return_state=True)
        print(f"  run: {state.name}")
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only. 60 s are shown as 0.1 s.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo(Path(home))
