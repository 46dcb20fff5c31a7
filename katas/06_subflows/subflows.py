"""Prepare customers in one flow, and call it from training, from inference and from a drift report.

What the preparation learns, it learns at training, and hands it out as a dict that JSON can carry:
inference runs another day, in another process. The two tasks at the top are given.
"""

import numpy as np
import pandas as pd
from prefect import flow, task  # noqa: F401  `flow` is for you
from sklearn.linear_model import LogisticRegression

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]


@task
def fit_model(features: pd.DataFrame, churned: pd.Series) -> dict:
    """Fit a logistic regression (given).

    Args:
        features: One row a customer, numbers only.
        churned: 0 or 1 for the same customers, in the same order.

    Returns:
        A JSON-safe dict for `score_customers`. It knows columns by their position, not their name.
    """
    model = LogisticRegression(max_iter=1000).fit(features.to_numpy(), churned.to_numpy())
    return {"weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])}


@task
def score_customers(model: dict, features: pd.DataFrame) -> list[float]:
    """Give each customer the probability to leave, 0 to 1 (given).

    Args:
        model: What `fit_model` returns.
        features: The same columns as at the training, in the same order, on the same scale.

    Returns:
        One number a row.
    """
    logits = features.to_numpy() @ np.array(model["weights"]) + model["intercept"]
    return (1 / (1 + np.exp(-logits))).tolist()


def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    """Turn a file of customers into features, always in the same columns and on the same scale.

    Args:
        path: A CSV file of customers, each once, at least one, with `customer_id` (a whole number),
            `tenure_months`, `monthly_charges`, `support_calls` and `contract`, in any order; at
            training also `churned`, and there may be others. A contract is text, such as
            `one year`, `012` or `None`. Numbers and contracts may be blank: nothing in the cell.
            At training each of the NUMBERS is there for one customer or more.
        statistics: None at training: learn them from this file. Otherwise what an earlier call
            returned, perhaps elsewhere, perhaps read from JSON, which may have sorted its keys:
            nothing is learnt from this file.

    Returns:
        A pair. The features: one row a customer in the file's order, the index `customer_id`, all
        columns float64. First the three NUMBERS, in that order: blanks filled with the training's
        mean, less that mean, divided by the training's standard deviation (of the numbers that are
        there, either kind; by 1 where they are all equal, not only nearly, which makes 0.0 at
        training, but for rounding). Then `contract_<name>`, 1.0 or 0.0, for each contract of the
        training, sorted by name; blank or unknown to the training: 0.0 in all of them. And the
        statistics: a small dict of your own form, whose size does not grow with the customers, and
        that is the same after `json.dumps` and `json.loads`.

    Raises:
        Exception: There is no such file, or it lacks one of the five columns; its text names it.
            Or a row has a cell too many to be read: no customer is left out.
    """
    # TODO(kata): tasks 1 and 2, learn at training, reuse at inference.
    raise NotImplementedError


def training_pipeline(path: str) -> dict:
    """Prepare the customers in a child run of `data_preparation`, and fit the model.

    Args:
        path: As in `data_preparation`, with `churned` (0 or 1, there for each customer). That is
            not a feature: this flow may read it from the file itself, in the same order.

    Returns:
        `statistics` (of the preparation) and `model` (what `fit_model` returns). JSON-safe.

    Raises:
        Exception: The child run failed: its error, and this run is Failed too.
    """
    # TODO(kata): task 3, a parent.
    raise NotImplementedError


def inference_pipeline(path: str, trained: dict) -> dict:
    """Prepare the customers in a child run of `data_preparation`, and score them.

    Args:
        path: As in `data_preparation`, mostly without `churned`, or with nothing in it.
        trained: What `training_pipeline` returned, perhaps last month, perhaps read from JSON.

    Returns:
        `customer_id` (int): probability to leave (float), for each customer, in the file's order.
        It does not depend on who else is in the file.

    Raises:
        Exception: As in `training_pipeline`.
    """
    # TODO(kata): task 3, another parent of the same child.
    raise NotImplementedError


def drift_report(path: str, reference_path: str, statistics: dict) -> dict:
    """Prepare two files at the same time, each in a child run of `data_preparation`, and compare.

    Both files are being read at once, however long that takes. The engine shows both children as
    children of this run. It ends when both have ended, also when one has failed.

    Args:
        path: Tonight's customers, as in `inference_pipeline`.
        reference_path: The customers to compare them with, such as those of the training.
        statistics: What the training's preparation returned. Both files are prepared with it.

    Returns:
        Column: its mean tonight, minus its mean in the reference. All columns of the features.

    Raises:
        Exception: A child run failed: its error (of two, either), and this run is Failed too.
    """
    # TODO(kata): task 4, two children at once.
    raise NotImplementedError
