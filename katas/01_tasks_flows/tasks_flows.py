"""Turn a churn notebook that somebody runs by hand into four tasks and one flow.

The work is the notebook's, cell by cell; what is new is who runs it, and what is written down.
Importing this file does nothing. Data comes in by arguments and goes out by `return`: no global, no
file in between.
"""

import pandas as pd
from prefect import flow, task  # noqa: F401  the two decorators that this kata is about
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression  # noqa: F401  these three: see cell 3
from sklearn.pipeline import make_pipeline  # noqa: F401
from sklearn.preprocessing import StandardScaler  # noqa: F401

FEATURE_COLUMNS = ["tenure_months", "monthly_charges", "support_calls", "committed"]


def load_customers(path: str) -> pd.DataFrame:
    """Read the customers of one CSV file, and print one line that has their number and the path.

    Args:
        path: A CSV file with the columns `customer_id`, `tenure_months`, `monthly_charges`,
            `support_calls`, `contract`, `churned` (0 or 1).

    Returns:
        The file's rows and columns as `pandas.read_csv` reads them (UTF-8, on every machine):
        nothing filled, nothing dropped.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: There is no customer in it: it is empty, or has a line of names only.
    """
    # TODO(kata): task 1, cell 1 becomes a task.
    raise NotImplementedError


def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Make what the model learns from. The frame that was given stays as it is.

    Args:
        customers: What `load_customers` returns.

    Returns:
        One row a customer, in the same order: `customer_id`, `churned` and the FEATURE_COLUMNS.
        `committed` is 1 for any contract but `month-to-month` (a blank one, too), else 0, whatever
        the file has under that name. More columns are fine.
    """
    # TODO(kata): task 1, cell 2 becomes a task.
    raise NotImplementedError


def train_model(features: pd.DataFrame) -> BaseEstimator:
    """Fit a logistic regression; learn, scaling included, from all but the held-out customers.

    Args:
        features: What `engineer_features` returns. A customer whose `customer_id` is a multiple of
            4 is held out: kept for the evaluation. A blank is no multiple.

    Returns:
        A fitted classifier that predicts `churned` from the FEATURE_COLUMNS. Its other settings are
        yours. Fill a blank in these columns, or raise; leave no customer out.

    Raises:
        ValueError: The customers to learn from all left, or all stayed, or there are none.
    """
    # TODO(kata): task 1, cell 3 becomes a task.
    raise NotImplementedError


def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    """Measure a model on the held-out customers; print a line: the word accuracy, and its value.

    The printed value has two decimals or more, or is in per cent.

    Args:
        model: What `train_model` returns. Use only its `predict`; it is given the numbers as
            they are, blanks too.
        features: What `engineer_features` returns.

    Returns:
        `customers` (rows of `features`), `held_out` (rows measured) and `accuracy` (share of these
        that the model predicts right, 0 to 1). Nobody is left out for a blank number; a blank
        `churned` counts as you like, or is an error. More metrics are fine.

    Raises:
        ValueError: No customer is held out.
    """
    # TODO(kata): task 1, cell 4 becomes a task.
    raise NotImplementedError


def churn_pipeline(path: str) -> dict:
    """Load, engineer, train, evaluate: one flow run, and one task run of each in this order.

    Each task gets what the task before returned, unchanged. What the tasks print is in the flow
    run's log. Each call starts from the file, whatever ran before.

    Args:
        path: As in `load_customers`.

    Returns:
        The metrics that `evaluate_model` returned.

    Raises:
        Exception: The error of the task that failed, as it is, not caught and not replaced. The
            flow run ends in Failed. A column that the file lacks is named, as pandas does.
    """
    # TODO(kata): tasks 2 and 3, one flow runs the four tasks, and its run tells what happened.
    raise NotImplementedError
