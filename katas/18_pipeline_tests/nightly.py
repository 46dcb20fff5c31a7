"""The nightly churn pipeline, as it runs in production: all that it lacks is tests.

A row is what the customer API knows of a customer, a dict: `customer_id`, text; `seen_at`, when the
customer was last seen, in UTC, "2026-03-14T02:00:00Z"; `tenure`, months, a whole number from 0 up;
`fee`, euros a month, from 0 up, None where nobody knows it; `churned`, 1 for who has left, else 0.

The functions without an underscore are the contract: their names, what they take, return and raise.
They call each other by these names. What is inside of them, and all that begins with an underscore,
is rewritten any day.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import requests
from prefect import flow, task

COLUMNS = ["customer_id", "seen_at", "tenure", "fee", "churned"]
FEATURES = ["tenure", "fee"]


def fetch(url: str) -> Any:
    """Ask the customer API for all rows: the one function that goes out to the network.

    It asks with `requests.get`, once, and returns what the JSON says.

    Raises:
        requests.RequestException: There is no answer, or it is an error.
    """
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.json()


def check(rows: Any) -> None:
    """Refuse what is no night's data, before anything is made of it.

    A row may have more keys than those five, in any order.

    Raises:
        ValueError: `rows` is no list, or an empty one; or of any row one of these holds: it is no
            dict, lacks one of the five keys, has a `customer_id` that is no text or empty, a
            `tenure` that is no `int` from 0 up, a negative `fee`, a `churned` that is neither 0 nor
            1. That `fee` is None or a number, and `seen_at` a moment, the API is sure of.
    """
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"the API answered {rows!r:.80}: these are no customers")
    for row in rows:
        if not isinstance(row, dict):
            raise ValueError(f"{row!r:.80} is no row")
        missing = [name for name in COLUMNS if name not in row]
        if missing:
            raise ValueError(f"a row lacks {', '.join(missing)}")
        if not isinstance(row["customer_id"], str) or not row["customer_id"]:
            raise ValueError(f"{row['customer_id']!r} is no id")
        if not isinstance(row["tenure"], int) or row["tenure"] < 0:
            raise ValueError(f"{row['customer_id']} has the tenure {row['tenure']!r}")
        if row["fee"] is not None and row["fee"] < 0:
            raise ValueError(f"{row['customer_id']} pays {row['fee']!r}")
        if row["churned"] not in (0, 1):
            raise ValueError(f"{row['customer_id']} has churned: {row['churned']!r}")


def clean(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make one row a customer, of checked rows; these stay as they are.

    Returns:
        The five columns in the order above, indexed from 0, sorted by `customer_id`, which stays
        the text that it is, as does `seen_at`. Of a customer who comes more than once the row that
        was seen last; of two at the same moment either. Without test customers, whose ids begin
        with "test-". A fee that nobody knows is NaN; a fee of 0 is 0.
    """
    frame = pd.DataFrame(rows)[COLUMNS].astype({"fee": "float64"})
    frame = frame[~frame["customer_id"].str.startswith("test-")]
    frame = frame.sort_values("seen_at").drop_duplicates("customer_id", keep="last")
    return frame.sort_values("customer_id").reset_index(drop=True)


def prepare(customers: pd.DataFrame, night: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split cleaned customers into those to learn from and tonight's; make features of both.

    Tonight's are a surprise: nothing about them, not even their number, changes what is made of
    the others.

    Args:
        customers: As `clean` returns them; they stay as they are. Some were last seen before the
            night, and of some of these the fee is known.
        night: A date, "2026-03-14".

    Returns:
        Those last seen before the night, and those seen since, if any; each customer is in one of
        the two, with the same columns, in the order given, indexed from 0. In both an unknown fee
        is the median fee of the first; then `tenure` and `fee` are centred by the mean of the
        first, and divided by its standard deviation (`ddof=0`; by 1 where that is 0).
    """
    is_known = customers["seen_at"] < night
    train, tonight = customers[is_known], customers[~is_known]
    train, tonight = train.reset_index(drop=True), tonight.reset_index(drop=True)
    median = train["fee"].median()
    train, tonight = (part.fillna({"fee": median}) for part in (train, tonight))
    mean, spread = train[FEATURES].mean(), train[FEATURES].std(ddof=0).replace(0.0, 1.0)
    made = {name: (part[FEATURES] - mean) / spread for name, part in (("a", train), ("b", tonight))}
    return train.assign(**made["a"]), tonight.assign(**made["b"])


def score(train: pd.DataFrame, tonight: pd.DataFrame) -> pd.DataFrame:
    """Say of tonight's customers how likely they are to leave, of features as `prepare` makes them.

    Whether they have left is not known at night: `churned` of tonight's changes no score. Both
    frames stay as they are.

    Returns:
        `customer_id` and `score`, between 0 and 1, the likelier the higher, a row for each of
        tonight's, in their order, indexed from 0. Equal customers have equal scores, whoever else
        is scored.

    Raises:
        ValueError: Nobody in `train` has left, or everybody has: there is nothing to learn.
    """
    left, stayed = (train.loc[train["churned"] == one, FEATURES] for one in (1, 0))
    if left.empty or stayed.empty:
        raise ValueError("there is nothing to learn: all customers are alike")
    weights = left.mean() - stayed.mean()
    chances = 1 / (1 + np.exp(-(tonight[FEATURES] * weights).sum(axis=1)))
    made = {"customer_id": tonight["customer_id"], "score": chances}
    return pd.DataFrame(made).reset_index(drop=True)


def publish(scores: pd.DataFrame, folder: str, night: str) -> None:
    """Write a night's scores for the call centre, which may read them at any moment.

    The folder, made if need be, gets `scores-2026-03-14.csv`, without the index. A night that is
    published again replaces its own file; those of other nights stay. `latest.csv` is the same as
    the file of the newest night that there is, and is written after that. A file is whole at any
    moment, also for whoever has opened it before: when writing one fails, that one is as before,
    those after it are, nothing else lies in the folder, and what writing raised goes out. There may
    be no scores at all: then the files have their first line only.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    own = place / f"scores-{night}.csv"
    _write_whole(own, scores.to_csv(index=False))
    newest = max(place.glob("scores-*.csv"))
    _write_whole(place / "latest.csv", newest.read_text(encoding="utf-8"))


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


@task(retries=3, retry_delay_seconds=[60, 300, 900])
def _load(url: str) -> Any:
    return fetch(url)


@flow(name="nightly")
def nightly(url: str, folder: str, night: str) -> int:
    """Score tonight's customers, and publish that.

    `fetch` is tried four times, with pauses, while it raises, whatever it raises. What heals by no
    second try, such as rows that `check` refuses, is not tried again. What fails, fails the run: it
    raises what was raised, and if that was before `publish`, `folder` is as before. Nothing is
    published of rows that were not checked, all of them.

    Args:
        url: Where the customer API is.
        folder: Where the scores go.
        night: A date, "2026-03-14".

    Returns:
        How many customers were scored.
    """
    rows = _load(url)
    check(rows)
    train, tonight = prepare(clean(rows), night)
    scores = score(train, tonight)
    publish(scores, folder, night)
    return len(scores)
