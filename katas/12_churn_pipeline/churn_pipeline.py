"""Predict who will leave: the script of a data scientist, which works on a good day.

Harden it in nine steps, as the docstrings say. The store is a folder: today `model.pkl` lies in it;
later `mlflow.db` has runs and registry, `artifacts` models.
"""

import pickle
import sys
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import requests
from sklearn.base import ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_ESTIMATORS, MAX_DEPTH = 20, 3  # change these to try something else

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
COLUMNS = [*NUMBERS, "committed"]
NAMES = ["logistic regression", "random forest", "gradient boosting"]
MODEL, CHAMPION = "churn", "champion"


def make_model(name: str, n_estimators: int, max_depth: int) -> ClassifierMixin:
    """Make one of the models called NAMES, not fitted yet (given)."""
    if name == "logistic regression":
        return make_pipeline(StandardScaler(), LogisticRegression())
    forest = name == "random forest"
    kind = RandomForestClassifier if forest else GradientBoostingClassifier
    return kind(n_estimators=n_estimators, max_depth=max_depth, random_state=0)


def open_store(store: str) -> None:
    """Point this process's MLflow to the store and its one experiment (given, for step 7)."""
    mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
    if mlflow.get_experiment_by_name(MODEL) is None:
        mlflow.create_experiment(MODEL, artifact_location=(Path(store) / "artifacts").as_uri())
    mlflow.set_experiment(MODEL)


def load_customers(url: str) -> list[dict]:
    """Load the customers from the API.

    Step 1: a task.
    Step 2: a request waits 30 s at most, each time it waits. A status of 429 or 500 to 599, a
    time-out (also while connecting, or within the body) and a refused connection are tried again by
    the engine, 10, 30 and 60 s later; then the last error is raised. Any other status from 400 to
    499, and a body that is no JSON, is raised at once. As you like: redirections, JSON that is no
    list, other connection trouble.

    Args:
        url: Address of the API. GET answers the customers, a JSON list of dicts.

    Returns:
        One dict a customer: `customer_id`, NUMBERS, `contract`, and `churned` (0 or 1), if known.
    """
    # TODO(kata): step 1, a task; step 2, what heals is tried again.
    return requests.get(url).json()


def engineer_features(customers: list[dict]) -> pd.DataFrame:
    """Make the features, which takes 30 minutes.

    Step 1: a task.
    Step 3: for one hour, also past midnight, later runs with the same customers use the result
    again and end in `Cached`. After that, or for other customers (one other value, a column's other
    name), it is made again. The same ones in another order: as you like.

    Args:
        customers: What `load_customers` returns.

    Returns:
        One row a customer, index `customer_id`: COLUMNS, `churned` if known, and more if you like.
        `committed` is 1 for any contract but `month-to-month`, else 0.
    """
    # TODO(kata): step 1, a task; step 3, paid once an hour.
    frame = pd.DataFrame(customers).set_index("customer_id")
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float)


def data_preparation(url: str) -> pd.DataFrame:
    """Load the customers and make their features.

    Step 6: a flow, and the only place where features are made: both pipelines call it.

    Args:
        url: As in `load_customers`.

    Returns:
        What `engineer_features` returns.
    """
    # TODO(kata): step 6, a flow that both pipelines call.
    return engineer_features(load_customers(url))


def train_model(name: str, features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    """Train one model, and measure it on every fourth customer, from whom it has not learnt.

    Step 1: a task.

    Args:
        name: One of NAMES.
        features: With `churned`.
        n_estimators: How many trees; the logistic regression has none.
        max_depth: Depth of each tree.

    Returns:
        `name`, `model` (fitted), and `val_auc`: 0 to 1, more is better.
    """
    # TODO(kata): step 1, a task.
    held_out = features.iloc[::4]
    known = features.drop(index=held_out.index)
    model = make_model(name, n_estimators, max_depth).fit(known[COLUMNS], known["churned"])
    scores = model.predict_proba(held_out[COLUMNS])[:, 1]
    return {"name": name, "model": model, "val_auc": roc_auc_score(held_out["churned"], scores)}


def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    """Train the models called NAMES and find the best one.

    Step 4: a flow of its own. All are trained at the same time. One that fails is left out.

    Args:
        features: With `churned`.
        n_estimators: As in `train_model`.
        max_depth: As in `train_model`.

    Returns:
        What `train_model` returned for the highest `val_auc`.

    Raises:
        Exception: All of them failed.
    """
    # TODO(kata): step 4, a flow, all at the same time; step 5 calls it with parameters.
    trained = [train_model(name, features, n_estimators, max_depth) for name in NAMES]
    return max(trained, key=lambda result: result["val_auc"])


def tell_team(flow: Any, flow_run: Any, state: Any) -> None:
    """Tell the team that a run has failed. The engine calls it, with these three.

    Step 9: POST one JSON object, as `application/json`, to the URL that the environment variable
    CHURN_WEBHOOK has at that moment; without one nobody is told. Its `text` names the flow, the
    flow run and the error (may be cut). Once for a failed run of either pipeline, after the last
    retry; never for a run that went well; for a crash as you like. The request waits 30 s at most;
    who takes it and is silent, or hangs up, may have told the team, and is not asked again.
    A dead webhook changes nothing: the pipeline fails with its own error. No log has the URL, nor a
    part of it beyond the host.
    """
    # TODO(kata): step 9, one message; and somebody has to call this.
    print("failed; I will see it tomorrow")


def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    """Prepare, train, and keep the best model: the nightly run.

    Step 1: a flow. What it prints is in the run's log. An error of a task is not caught.
    Step 5: the parameters are used. A wrong one is refused before any work (no request, no MLflow
    run), also by `python -O`.
    Step 7: the store keeps the model, nothing else does (no file, no result of Prefect's). Each
    call is one MLflow run (if it fails, one or none), with the parameters `model` (the winner's
    name), `n_estimators`, `max_depth`, `orchestrator` ("prefect") and the metric `val_auc`. Only if
    `val_auc` is `min_auc` or more (nan is not), the winner becomes a new version of MODEL, and the
    alias CHAMPION moves to it, whatever others register meanwhile. The run may have the model in
    any case.

    Args:
        url: As in `load_customers`.
        store: An existing folder, with an MLflow database in it.
        n_estimators: As in `train_model`, 1 or more.
        max_depth: As in `train_model`, 1 or more.
        min_auc: The quality gate, 0 to 1; nan is wrong.

    Returns:
        `name` and `val_auc` of the winner; from step 7 on also `version` (int), None if the gate
        was shut.

    Raises:
        Exception: A step failed, or a parameter is wrong.
    """
    # TODO(kata): step 1, a flow; step 5, parameters; step 7, tracked, and behind a gate.
    features = data_preparation(url)
    best = compare_models(features, N_ESTIMATORS, MAX_DEPTH)
    print(f"The best is {best['name']}: val_auc {best['val_auc']:.3f}")
    (Path(store) / "model.pkl").write_bytes(pickle.dumps(best["model"]))
    return {"name": best["name"], "val_auc": best["val_auc"]}


def inference_pipeline(url: str, store: str) -> dict:
    """Score tonight's customers, of whom nobody knows yet who will leave.

    Step 6: a flow, whose features come from `data_preparation`.
    Step 7: with the version that CHAMPION points to.

    Args:
        url: As in `load_customers`.
        store: As in `training_pipeline`. No run, version or alias in it changes; the experiment may
            be made.

    Returns:
        For each `customer_id` (int) the probability to leave (float).

    Raises:
        Exception: A step failed, or there is no champion.
    """
    # TODO(kata): step 6, a flow, and the same preparation; step 7, the champion.
    features = pd.DataFrame(requests.get(url).json()).set_index("customer_id")
    features["committed"] = features["contract"].isin(["1 year", "2 years"])
    model = pickle.loads((Path(store) / "model.pkl").read_bytes())
    print(f"{len(features)} customers scored")
    scores = model.predict_proba(features[COLUMNS].astype(float))[:, 1].tolist()
    return dict(zip(features.index.tolist(), scores, strict=True))


def deployments(url: str, store: str) -> list:
    """Say when which pipeline runs; nothing is started.

    Step 8: two deployments. `training_pipeline` runs each day at 4:00 by the clocks of Paris,
    summer and winter. `inference_pipeline` runs at each full hour that passes, both times when
    those clocks show one twice.

    Args:
        url: The pipelines' parameter.
        store: The pipelines' parameter.

    Returns:
        What the flows' `to_deployment` returns. Each run has `url` and `store`.
    """
    # TODO(kata): step 8, two deployments. Today these are two lines of a crontab.
    return [
        f"0 4 * * * python churn_pipeline.py train {url} {store}",
        f"0 * * * * python churn_pipeline.py score {url} {store}",
    ]


if __name__ == "__main__":
    pipelines = {"train": training_pipeline, "score": inference_pipeline}
    print(pipelines[sys.argv[1]](sys.argv[2], sys.argv[3]))
