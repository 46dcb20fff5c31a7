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

import pandas as pd
import requests  # noqa: F401  or httpx, urllib, urllib3
from prefect import flow, task
from sklearn.tree import DecisionTreeClassifier


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
    # TODO(kata): task 1, use what an earlier run loaded, for one hour.
    raise NotImplementedError


@task
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
    # TODO(kata): task 2, compute anew when the data or a parameter changes.
    raise NotImplementedError


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
    # TODO(kata): task 3, read a changed file anew behind the same path.
    raise NotImplementedError


@task
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
    # TODO(kata): task 4, never keep a failure.
    raise NotImplementedError


@task
def mean_calls(url: str, months: int = 6) -> float:
    """Return the mean of the support calls a customer; `most_calls` has the same arguments.

    Args:
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        The mean of `calls` over all customers of the answer.
    """
    # TODO(kata): task 5, keep two tasks with equal arguments apart.
    raise NotImplementedError


@task
def most_calls(url: str, months: int = 6) -> int:
    """Return the most support calls of one customer; `mean_calls` has the same arguments.

    Args:
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        The greatest `calls` of the answer.
    """
    # TODO(kata): task 5, keep two tasks with equal arguments apart.
    raise NotImplementedError
