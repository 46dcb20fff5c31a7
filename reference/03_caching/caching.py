"""Pay once for what is dear: use a result again while it is true, and never a mistake.

Each request to the usage API is dear: 30 minutes, 120 euros. So, in all functions:

- A new result takes one GET, with a time-out for silence (the answer trickles in). The engine may
  run a failed task again; no library asks again by itself.
- Every later run uses the result again: no request, and the task run ends in `Cached`.
- A result lives one hour from the end of its task. Nothing older is ever returned.
- A failure is raised, never kept. An answer that is no list of dicts is one, and so is an empty
  list. (To look at the first row is enough.)
- Two runs at once may both pay. One that is killed in its request keeps nobody waiting. None sends
  what another one was told, such as cookies.
"""

import hashlib
import logging
import os
import tempfile
import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import requests
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.context import TaskRunContext
from sklearn.tree import DecisionTreeClassifier

HOUR = timedelta(hours=1)
PER_TASK_AND_INPUTS = TASK_SOURCE + INPUTS


def ask(url: str, months: int | None = None) -> list[dict]:
    """Ask once: the rows, or an exception, which no cache will keep."""
    response = requests.get(url, params={"months": months}, timeout=60)
    response.raise_for_status()
    rows = response.json()
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"{url} answered {response.status_code} without rows: {rows!r}")
    return rows


def with_calls(customers: pd.DataFrame, usage: list[dict]) -> pd.DataFrame:
    """Return the customers with a column `calls` (given: it works).

    Args:
        customers: One row a customer, with `customer_id`.
        usage: The API's answer.

    Returns:
        A new frame: the columns of `customers`, then `calls`.
    """
    calls = {row["customer_id"]: row["calls"] for row in usage}
    return customers.assign(calls=customers["customer_id"].map(calls))


@task
def train(customers: list[dict], max_depth: int) -> dict:
    """Train a tree that tells who churns (given: it works, and takes two minutes).

    Args:
        customers: The rows of the API.
        max_depth: Depth of the tree, from 1 up.

    Returns:
        `customers`, how many, and `accuracy` on them.

    Raises:
        ValueError: `max_depth` is below 1.
    """
    table = pd.DataFrame(customers)
    inputs = table[["tenure_months", "monthly_charges", "support_calls"]]
    tree = DecisionTreeClassifier(max_depth=max_depth, random_state=0)
    tree.fit(inputs, table["churned"])
    return {"customers": len(table), "accuracy": float(tree.score(inputs, table["churned"]))}


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    """Load the customers, at most once an hour."""
    return ask(url)


@flow
def nightly(url: str, max_depth: int) -> dict:
    """Load the customers from the API, then `train` on them.

    For one hour later runs use the same customers, with any `max_depth`, also after a failed
    training.

    Args:
        url: Address of the API. GET answers the customers, a JSON list of dicts. Another URL has
            others.
        max_depth: As in `train`.

    Returns:
        What `train` returns.

    Raises:
        ValueError: The training failed; as in `train`.
        Exception: The API gave no customers; choose the class.
    """
    return train(load_customers(url), max_depth)


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    """Add the column `calls`: the support calls of the last `months` months.

    A result is used again for the same URL, the same months, and customers of the same content: a
    copy, or the file read again. Other content is another cell, another name or type of a column
    (or its categories), another index, another order of rows. As you like: another order of
    columns, another name of the index, None for NaN, equal content built in another way.

    Args:
        customers: One row a customer, with `customer_id`. Index and other columns may share
            names, labels may occur twice.
        url: Address of the API, perhaps with a query, which is asked whole; add `months` to it. GET
            `url?months=6` answers one dict a customer, with `customer_id` and `calls`.
        months: How many months to count.

    Returns:
        `with_calls` of the customers and the API's answer.
    """
    return with_calls(customers, ask(url, months))


def content_key(context: TaskRunContext, arguments: dict) -> str:
    """Put the bytes of the file into the key, in the place of its path."""
    content = hashlib.sha256(Path(arguments["path"]).read_bytes()).hexdigest()
    return f"{context.task.name}-{content}-{arguments['months']}-{_short(arguments['url'])}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@task(cache_key_fn=content_key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    """Do what `add_usage` does, with the customers of a CSV file.

    The result is used again while the bytes of the file are the same, whatever its date. A changed
    file behind the same path has a new result, also one that is replaced while the API is asked:
    keep a result for the bytes it was made from. Reading is cheap: read the file in each call. As
    you like: what comes of one that is replaced within the call, before the API is asked; whether
    the same table in other bytes has a new result; a task, a flow, or a function that calls one.

    Args:
        path: The CSV file, as `pandas.read_csv` reads it.
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        As `add_usage`.
    """
    return with_calls(pd.read_csv(path), ask(url, months))


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    """Load the usage, and keep it for an hour if it is one.

    The API fails with a status of 400 or more, with 200 and `{"error": "quota exceeded"}`, or with
    200 and an empty list. After a failure the next call asks again.

    Args:
        url: Address of the API.

    Returns:
        The JSON of the answer: a list with at least one dict.

    Raises:
        Exception: The API failed, in whatever way; choose the class.
    """
    return ask(url)


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    """Return the mean of the support calls a customer; `most_calls` has the same arguments.

    Args:
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        The mean of `calls` over all customers of the answer.
    """
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    """Return the most support calls of one customer; `mean_calls` has the same arguments.

    Args:
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        The greatest `calls` of the answer.
    """
    return max(row["calls"] for row in ask(url, months))


CUSTOMERS = Path(__file__).parents[1] / "data" / "customers.csv"


def _serve(asked: Counter[str]) -> ThreadingHTTPServer:
    table = pd.read_csv(CUSTOMERS)
    body = table.assign(calls=table["support_calls"]).to_json(orient="records").encode()

    class UsageApi(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked["requests"] += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), UsageApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _demo(folder: Path) -> None:
    """Call the functions on an API of our own, and print what each call costs."""
    asked: Counter[str] = Counter()
    server = _serve(asked)
    url = f"http://127.0.0.1:{server.server_port}/usage"
    frame, path = pd.read_csv(CUSTOMERS), folder / "customers.csv"
    frame.to_csv(path, index=False)

    scenes = [
        ("nightly, the training fails", nightly, (url, 0)),
        ("nightly, mended", nightly, (url, 3)),
        ("add_usage", add_usage, (frame, url)),
        ("add_usage, a copy of the frame", add_usage, (frame.copy(), url)),
        ("add_usage, 12 months", add_usage, (frame, url, 12)),
        ("add_usage_to_file", add_usage_to_file, (str(path), url)),
        ("add_usage_to_file, changed", add_usage_to_file, (str(path), url)),
        ("mean_calls", mean_calls, (url,)),
        ("most_calls, the same arguments", most_calls, (url,)),
        ("most_calls, again", most_calls, (url,)),
    ]
    for text, run, arguments in scenes:
        if "changed" in text:
            frame.head(300).to_csv(path, index=False)
        before = asked["requests"]
        ending = "done"
        try:
            run(*arguments)
        except ValueError as error:
            ending = type(error).__name__
        print(f"  {text:<32} {(asked['requests'] - before) * 120:>3} euros  {ending}")
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo(Path(home))
