"""Prepare customers in one flow, and call it from training, from inference and from a drift report.

What the preparation learns, it learns at training, and hands out as a dict that JSON can carry:
inference runs another day, in another process. The two tasks at the top are given.
"""

import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import numpy as np
import pandas as pd
from prefect import flow, task
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


def read_customers(path: str) -> pd.DataFrame:
    """Read the file: only an empty cell is blank, and `None` is the name of a contract."""
    text_only = {"keep_default_na": False, "na_values": [""]}
    return pd.read_csv(path, dtype={"contract": str}, **text_only).set_index("customer_id")


def learn_statistics(customers: pd.DataFrame) -> dict:
    """Find what the preparation must remember, in Python's own types."""
    return {
        "means": {name: float(customers[name].mean()) for name in NUMBERS},
        # Of numbers that are all alike rounding leaves a deviation that is small, and not 0.
        "stds": {
            name: float(customers[name].std()) if customers[name].nunique() > 1 else 1.0
            for name in NUMBERS
        },
        "contracts": sorted(customers["contract"].dropna().unique().tolist()),
    }


@flow
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
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    # With the index given: pandas sorts the columns of two whose order differs.
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics


@flow
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
    features, statistics = data_preparation(path)
    churned = pd.read_csv(path)["churned"]
    return {"statistics": statistics, "model": fit_model(features, churned)}


@flow
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
    features, _ = data_preparation(path, trained["statistics"])
    scores = score_customers(trained["model"], features)
    return dict(zip(features.index.tolist(), scores, strict=True))


@flow
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
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            # A thread knows nothing of its parent run, unless it is given a copy of the context.
            pool.submit(copy_context().run, data_preparation, file, statistics)
            for file in (path, reference_path)
        ]
        (tonight, _), (reference, _) = (job.result() for job in jobs)
    return (tonight.mean() - reference.mean()).to_dict()


def _demo() -> None:
    """Train, score, compare; then ask the engine which run was whose child."""
    path = str(Path(__file__).parents[1] / "data" / "customers.csv")
    with tempfile.TemporaryDirectory() as folder:
        tonight = str(Path(folder) / "tonight.csv")
        pd.read_csv(path).query("contract != 'two years'").drop(columns="churned").head(50).to_csv(
            tonight, index=False
        )
        trained = training_pipeline(path)
        scores = inference_pipeline(tonight, trained)
        drift = drift_report(tonight, path, trained["statistics"])
    print(f"\n{len(scores)} customers scored; the first is {next(iter(scores.items()))}")
    print(f"drift: { {column: round(shift, 2) for column, shift in drift.items()} }\n")
    with get_client(sync_client=True) as client:
        runs = sorted(client.read_flow_runs(), key=lambda run: run.created)
        for run in runs:
            parent = "child" if run.parent_task_run_id else "parent"
            print(f"  {parent:>6}  {client.read_flow(run.flow_id).name}: {run.state.name}")


if __name__ == "__main__":
    from prefect import get_client
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo()
