"""Pay once for what is dear: use a result again while it is true, and never a mistake.

What is dear is the usage API: each request takes 30 minutes and costs 120 euros, so a new result
takes one request and no more: GET, with a time-out for a silent line (the answer trickles in). A
task run makes one: after a failure the engine may be told to run it again, but no library asks
again by itself. All functions keep three promises. A result is used again for one hour, by every
later run, and nothing older than an hour is ever returned; its age counts from the end of its task.
Using it again is the engine's work: it asks nothing, and the task run ends in `Cached`. A failure
is raised, never kept; an answer that is not a list with at least one row, a dict, is one too (its
rows are all dicts, or none is). Two runs at the same moment may both pay; one that is killed in its
request keeps nobody waiting.
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
        usage: What the API answers: one dict a customer, with `customer_id` and `calls`.

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
        `customers`, how many it was trained on, and `accuracy`, on these same customers.

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

    A later run, whatever its `max_depth`, uses the customers of an earlier one for one hour: also
    when the training of the earlier one failed.

    Args:
        url: Address of the API. GET answers the customers, a JSON list of dicts. Another URL has
            other customers.
        max_depth: As in `train`.

    Returns:
        What `train` returns.

    Raises:
        ValueError: The training failed; as in `train`.
        Exception: The API gave no customers; the class is yours to choose.
    """
    return train(load_customers(url), max_depth)


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    """Add the column `calls`: the support calls of the last `months` months.

    A result is used again where customers, URL and months are all the same. Customers are the same
    when their content is: a copy, or the same file read again. Another cell, another name or type
    of a column (its categories belong to its type), another index, or rows in another order make
    them others. Columns in another order may or may not (the engine sorts some), and so may a name
    of the index, None in place of NaN, or equal content built in another way.

    Args:
        customers: One row a customer, with `customer_id`.
        url: Address of the API, which may have a query already: `months` is added to it. GET
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
    file behind the same path has a new result; other bytes of the same rows may or may not. Reading
    the file is cheap: read it in each call. A task, a flow or a function that calls one: as you
    like.

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

    The API fails in three ways: a status of 400 or more; a status of 200 with
    `{"error": "quota exceeded"}`; a status of 200 with an empty list, while its table is rebuilt.
    After a failure the next call asks again.

    Args:
        url: Address of the API.

    Returns:
        The JSON of the answer: a list with at least one dict.

    Raises:
        Exception: The API failed in one of its three ways; the class is yours to choose.
    """
    return ask(url)


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    """Return the mean of the support calls a customer; it has the arguments of `most_calls`.

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
    """Return the most support calls of one customer; it has the arguments of `mean_calls`.

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
