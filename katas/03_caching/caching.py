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

import pandas as pd
import requests  # noqa: F401  or httpx, urllib, urllib3
from prefect import flow, task
from sklearn.tree import DecisionTreeClassifier


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
    # TODO(kata): task 1, use what an earlier run loaded, for one hour.
    raise NotImplementedError


@task
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
    # TODO(kata): task 2, compute anew when the data or a parameter changes.
    raise NotImplementedError


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
    # TODO(kata): task 3, read a changed file anew behind the same path.
    raise NotImplementedError


@task
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
    # TODO(kata): task 4, never keep a failure.
    raise NotImplementedError


@task
def mean_calls(url: str, months: int = 6) -> float:
    """Return the mean of the support calls a customer; it has the arguments of `most_calls`.

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
    """Return the most support calls of one customer; it has the arguments of `mean_calls`.

    Args:
        url: As in `add_usage`.
        months: As in `add_usage`.

    Returns:
        The greatest `calls` of the answer.
    """
    # TODO(kata): task 5, keep two tasks with equal arguments apart.
    raise NotImplementedError
