"""Compare candidate models: all at once, or a few at a time, whatever happens to one of them.

Lower is better: each candidate is judged by its log loss on customers it was not trained on.
`features` is a frame of numbers, one row a customer, with the label in the column `churned`.
"""

import logging
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from xgboost import XGBClassifier

NAMES = (
    "logistic regression",
    "random forest",
    "gradient boosting",
    "histogram boosting",
    "xgboost",
)


def make_model(name: str, seed: int) -> Any:
    """Make an untrained candidate, with one thread of its own where it can be told (given)."""
    match name:
        case "logistic regression":
            return LogisticRegression(max_iter=1000, random_state=seed)
        case "random forest":
            return RandomForestClassifier(n_estimators=20, n_jobs=1, random_state=seed)
        case "gradient boosting":
            return GradientBoostingClassifier(n_estimators=20, random_state=seed)
        case "histogram boosting":
            return HistGradientBoostingClassifier(max_iter=20, random_state=seed)
        case "xgboost":
            return XGBClassifier(n_estimators=20, n_jobs=1, random_state=seed)
    raise ValueError(f"no model is called {name!r}; there are: {', '.join(NAMES)}")


def split(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split off every fourth customer: the rows to train on, and those held out (given)."""
    held_out = features.iloc[::4]
    return features.drop(index=held_out.index), held_out


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    """Train one candidate and judge it on the held-out customers.

    Args:
        name: One of `NAMES`.
        features: Numbers, one row a customer, each with an index label of its own, and the label
            `churned`: 0 or 1, both among those to train on, perhaps one only among the others. The
            model is given them as they are, blanks (NaN) too: what it cannot bear is its failure.
        seed: The candidate's random state.

    Returns:
        `{"name": name, "log_loss": ...}`: the log loss, a float, of the probabilities that
        the model gives to the held-out rows of `split`; as scikit-learn's, it is finite where
        the model is quite sure (0 or 1, also of XGBoost's float32).

    Raises:
        Exception: Whatever the training raised, as it is: the task run is Failed.
    """
    training, held_out = split(features)
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}


@flow
def compare_as_promised(
    features: pd.DataFrame, names: Sequence[str] = NAMES, seed: int = 0
) -> list[dict]:
    """Compare as many a guide shows it: "no dependency, so they run in parallel" (given).

    They do not: a test of task 1 shows what happens.
    """
    return [train_one(name, features, seed) for name in names]


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int = 0,
) -> dict:
    """Train the candidates at the same time, in threads of this process, and name the best.

    Each candidate is a task run of this flow's run, or of a flow run that it starts. One that fails
    does not stop the others, and one trains as long as it takes. Other comparisons may run in this
    process at the same time, each with its own `at_most`.

    Args:
        features: As in `train_one`.
        names: The candidates, at least one, each at most once.
        at_most: How many of this call may train at the same time, from 1 up, never more. A place
            that becomes free is used at once. None: all of them, if Prefect's settings allow it.
        seed: As in `train_one`, the same for all.

    Returns:
        `{"results": [...], "winner": name, "failed": {name: text}}`. `results` has what
        `train_one` returned for each candidate that was trained, in the order of `names`.
        `winner` has the lowest log loss (of equals, any). `failed` has, for each candidate that
        failed, a text that contains its error's own, whole (of an error without text, any); it is
        empty when all went well.

    Raises:
        RuntimeError: Every candidate failed; the text names each with its error's whole text. Any
            other class will do. The flow run is Failed.
    """
    with ThreadPoolTaskRunner(max_workers=at_most) as pool:
        futures = {
            name: pool.submit(train_one, {"name": name, "features": features, "seed": seed})
            for name in names
        }
        results, failed = [], {}
        for name, future in futures.items():
            try:
                results.append(future.result())
            except Exception as error:
                failed[name] = str(error)
    if not results:
        raise RuntimeError(f"no candidate could be trained: {failed}")
    winner = min(results, key=lambda result: result["log_loss"])
    return {"results": results, "winner": winner["name"], "failed": failed}


def _read_features() -> pd.DataFrame:
    customers = pd.read_csv(Path(__file__).parents[1] / "data" / "customers.csv")
    return pd.get_dummies(customers.drop(columns="customer_id"), columns=["contract"], dtype=float)


def _demo() -> None:
    """Compare in three ways, one name of them unknown, and print when each training ran."""
    spans: dict[str, tuple[float, float]] = {}
    fit = {}

    def timed(model: Any, *args: Any) -> Any:
        begin = time.monotonic()
        time.sleep(0.3)  # so that a training lasts long enough to be drawn
        fit[type(model)](model, *args)
        spans[type(model).__name__] = (begin, time.monotonic())
        return model

    for name in NAMES:
        estimator = type(make_model(name, 0))
        fit[estimator], estimator.fit = estimator.fit, timed
    features = _read_features()
    compare_models(features)  # the first run of a process imports a lot
    for title, compare in [
        ("direct calls", lambda: compare_as_promised(features)),
        ("all at once", lambda: compare_models(features, [*NAMES, "catboost"])),
        ("at most 2", lambda: compare_models(features, at_most=2)),
    ]:
        spans.clear()
        found = compare()
        start = min(begin for begin, _ in spans.values())
        print(f"\n{title}: one column is 0.1 s")
        for model, (begin, end) in sorted(spans.items(), key=lambda item: item[1]):
            blank, bar = round((begin - start) * 10), max(round((end - begin) * 10), 1)
            print(f"  {model:<32}{' ' * blank}{'#' * bar}")
        for result in found["results"] if isinstance(found, dict) else []:
            best = "  <- winner" if result["name"] == found["winner"] else ""
            print(f"  {result['name']:<24}log loss {result['log_loss']:.3f}{best}")
        if isinstance(found, dict) and found["failed"]:
            print(f"  failed: {found['failed']}")


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
