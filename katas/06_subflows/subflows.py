"""Prepare customers in one flow, and call it from training, from inference and from a drift report.

What the preparation learns, it learns at training, and hands out as a dict that JSON can carry:
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
        churned: 0 or 1 for each, in the same order.

    Returns:
        A JSON-safe dict for `score_customers`. It knows columns by position, not by name.
    """
    model = LogisticRegression(max_iter=1000).fit(features.to_numpy(), churned.to_numpy())
    return {"weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])}


@task
def score_customers(model: dict, features: pd.DataFrame) -> list[float]:
    """Give each customer the probability to leave, 0 to 1 (given).

    Args:
        model: What `fit_model` returns.
        features: The columns of the training, in the same order, on the same scale.

    Returns:
        One number a row.
    """
    logits = features.to_numpy() @ np.array(model["weights"]) + model["intercept"]
    return (1 / (1 + np.exp(-logits))).tolist()


def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    """Turn a file of customers into features, always in the same columns and on the same scale.

    Without `statistics`, learn them from this file; with them, learn nothing from it. All features
    are float64: first the NUMBERS, in that order, then a column for each contract of the training.

    - NUMBERS: fill blanks with the training's mean, subtract that mean, divide by the training's
      standard deviation (n or n - 1) of the numbers that are there. If they are all equal, not only
      nearly, divide by 1, which makes 0.0 at training, but for rounding.
    - `contract_<name>`, sorted by name: 1.0 or 0.0. A contract that is blank, or unknown to the
      training: 0.0 in all.

    Args:
        path: A CSV file of customers, each once, at least one. Columns in any order: `customer_id`
            (a whole number), NUMBERS, `contract`, at training `churned`, and perhaps others. A
            contract is text, such as `one year`, `012` or `None`. Numbers and contracts may be
            blank: nothing in the cell. At training none of the NUMBERS is blank for all.
        statistics: None at training. Otherwise what an earlier call returned, perhaps elsewhere,
            perhaps read from JSON, which may have sorted its keys.

    Returns:
        A pair. The features: one row a customer in the file's order, the index `customer_id`. The
        statistics: a small dict of your own form, the same after `json.dumps` and `json.loads`, no
        larger for more customers.

    Raises:
        Exception: There is no such file, or it lacks one of the five columns; the text names it. Or
            a row has a cell too many to be read: no customer is left out.
    """
    # TODO(kata): tasks 1 and 2, learn at training, reuse at inference.
    raise NotImplementedError


def training_pipeline(path: str) -> dict:
    """Prepare the customers in a child run of `data_preparation`, and fit the model.

    Args:
        path: As in `data_preparation`, with `churned` (0 or 1, for each customer). That is no
            feature: this flow may read it from the file itself.

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

    Both files are read at once, however long that takes. The engine shows both runs as children of
    this one. It ends when both have ended, also when one has failed.

    Args:
        path: Tonight's customers, as in `inference_pipeline`.
        reference_path: The customers to compare them with.
        statistics: What the training's preparation returned, for both files.

    Returns:
        Column: its mean tonight, minus its mean in the reference. All columns of the features.

    Raises:
        Exception: A child run failed: its error (of two, either), and this run is Failed too.
    """
    # TODO(kata): task 4, two children at once.
    raise NotImplementedError
