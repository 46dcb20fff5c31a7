"""Turn a churn notebook that somebody runs by hand into four tasks and one flow.

The work is the notebook's, cell by cell; what is new is who runs it, and what is written down.
Importing this file does nothing. Data comes in by arguments and goes out by `return`: no global, no
file in between.
"""

import logging
import os
import tempfile
from pathlib import Path

import pandas as pd
from prefect import flow, task
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURE_COLUMNS = ["tenure_months", "monthly_charges", "support_calls", "committed"]


def is_held_out(features: pd.DataFrame) -> pd.Series:
    """Mark the customers that the model never learns from: every fourth."""
    return features["customer_id"] % 4 == 0


@task
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
    customers = pd.read_csv(path)  # an empty file: EmptyDataError, which is a ValueError
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Make what the model learns from. The frame that was given stays as it is.

    Args:
        customers: What `load_customers` returns.

    Returns:
        One row a customer, in the same order: `customer_id`, `churned` and the FEATURE_COLUMNS.
        `committed` is 1 for any contract but `month-to-month` (a blank one, too), else 0, whatever
        the file has under that name. More columns are fine.
    """
    features = customers[["customer_id", "churned", *FEATURE_COLUMNS[:-1]]].copy()
    features["committed"] = (customers["contract"] != "month-to-month").astype(int)
    return features


@task
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
    known = features[~is_held_out(features)]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])


@task
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
    held_out = features[is_held_out(features)]
    if held_out.empty:
        raise ValueError("no customer is held out: there is nothing to measure on")
    right = model.predict(held_out[FEATURE_COLUMNS]) == held_out["churned"].to_numpy()
    accuracy = float(right.mean())
    print(f"accuracy {accuracy:.2f} on {len(held_out)} customers")
    return {"customers": len(features), "held_out": len(held_out), "accuracy": accuracy}


@flow(log_prints=True)
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
    customers = load_customers(path)
    features = engineer_features(customers)
    model = train_model(features)
    return evaluate_model(model, features)


def _demo() -> None:
    """Run the pipeline on a good file, then on one that is not there, as a scheduler would."""
    good = str(Path(__file__).parents[1] / "data" / "customers.csv")
    for path in (good, "customers_of_tuesday.csv"):
        print(f"\nchurn_pipeline({Path(path).name!r})", flush=True)
        state = churn_pipeline(path, return_state=True)
        print(f"  flow run: {state.name}")
        if state.is_failed():
            print(f"  {state.message}")
        else:
            print(f"  returned {state.result()}")


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo()
