"""Predict who will leave: a data scientist's script, hardened in nine steps.

The store is a folder: `mlflow.db` holds runs and registry, `artifacts` the models.
"""

import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import threading
import warnings
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import pandas as pd
import requests
from mlflow import MlflowClient
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.schedules import Cron
from sklearn.base import ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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


def can_heal(_task: Any, _task_run: Any, state: Any) -> bool:
    """Say whether a request may go well next time; a plain function, or Prefect never retries."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, requests.ConnectionError | requests.Timeout)


@task(retries=3, retry_delay_seconds=[10, 30, 60], retry_condition_fn=can_heal)
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
    response = requests.get(url, timeout=30)
    response.raise_for_status()
    return response.json()


@task(cache_policy=TASK_SOURCE + INPUTS, cache_expiration=timedelta(hours=1))
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
    frame = pd.DataFrame(customers).set_index("customer_id")
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float)


@flow
def data_preparation(url: str) -> pd.DataFrame:
    """Load the customers and make their features.

    Step 6: a flow, and the only place where features are made: both pipelines call it.

    Args:
        url: As in `load_customers`.

    Returns:
        What `engineer_features` returns.
    """
    return engineer_features(load_customers(url))


@task
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
    held_out = features.iloc[::4]
    known = features.drop(index=held_out.index)
    model = make_model(name, n_estimators, max_depth).fit(known[COLUMNS], known["churned"])
    scores = model.predict_proba(held_out[COLUMNS])[:, 1]
    return {"name": name, "model": model, "val_auc": roc_auc_score(held_out["churned"], scores)}


@flow
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
    futures = [train_model.submit(name, features, n_estimators, max_depth) for name in NAMES]
    results = [future.result(raise_on_failure=False) for future in futures]
    trained = [result for result in results if isinstance(result, dict)]
    if not trained:
        raise RuntimeError("all models failed") from results[0]
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
    text = f"{flow.name}, run {flow_run.name}: {state.message}"
    try:
        # What is sent elsewhere is sent without its text: a redirect is a refusal.
        answer = requests.post(
            os.environ["CHURN_WEBHOOK"], json={"text": text}, timeout=10, allow_redirects=False
        )
        problem = "" if answer.status_code < 300 else f"it answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__  # its text has the whole address
    if problem:
        raise RuntimeError(f"the webhook could not be told: {problem}")


@flow(log_prints=True, on_failure=[tell_team])
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
    if n_estimators < 1 or max_depth < 1 or not 0 <= min_auc <= 1:
        raise ValueError(f"{n_estimators=} and {max_depth=} are from 1 up, {min_auc=} is 0 to 1")
    best = compare_models(data_preparation(url), n_estimators, max_depth)
    print(f"The best is {best['name']}: val_auc {best['val_auc']:.3f}")
    asked = {"model": best["name"], "n_estimators": n_estimators, "max_depth": max_depth}
    version = None
    open_store(store)
    with mlflow.start_run():
        mlflow.log_params({**asked, "orchestrator": "prefect"})
        mlflow.log_metric("val_auc", best["val_auc"])
        if best["val_auc"] >= min_auc:
            how = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
            logged = mlflow.sklearn.log_model(
                best["model"], name="model", registered_model_name=MODEL, **how
            )
            version = int(logged.registered_model_version)
            MlflowClient().set_registered_model_alias(MODEL, CHAMPION, str(version))
    return {"name": best["name"], "val_auc": best["val_auc"], "version": version}


@flow(log_prints=True, on_failure=[tell_team])
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
    features = data_preparation(url)
    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    print(f"{len(features)} customers scored")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
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
    given = {"url": url, "store": store}
    nightly = Cron("0 4 * * *", timezone="Europe/Paris")
    hourly = Cron("0 * * * *", timezone="UTC")  # in October 2:00 is twice on the clocks of Paris
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]


SCRIPT, EVENTS = [], []


class _Town(BaseHTTPRequestHandler):
    """An API that answers as SCRIPT says, then well, and a webhook; both on loopback."""

    def do_GET(self) -> None:
        status = SCRIPT.pop(0) if SCRIPT else 200
        EVENTS.append(str(status))
        known = pd.read_csv(Path(__file__).parents[1] / "data" / "customers.csv")
        known = known if self.path == "/past" else known.drop(columns="churned")
        self.send_response(status)
        self.end_headers()
        self.wfile.write(known.to_json(orient="records").encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        EVENTS.append(f"the team is told {body['text']!r}")
        self.send_response(200)
        self.end_headers()


def _say(run: Any, *given: Any, script: tuple = (), **more: Any) -> str:
    """Run a task or a flow; return how it ended, and what was answered and told."""
    SCRIPT[:], EVENTS[:] = script, []
    state = run(*given, **more, return_state=True)
    value = state.result(raise_on_failure=False)
    if not isinstance(value, Exception) and "name" not in value:
        value = f"{len(value)} customers"
    elif isinstance(value, dict):
        value = {key: value[key] for key in value if key != "model"}
    return f"{state.name}: {value}; answers: {', '.join(EVENTS) or 'none'}"


def _steps(url: str, store: str) -> dict[str, Any]:
    """Return what shows each step: a function that returns lines."""
    past = f"{url}/past"
    train = partial(_say, training_pipeline, past, store)
    return {
        "step1": lambda: [train()],
        "step2": lambda: [train(script=(503, 429))],
        "step3": lambda: [_say(engineer_features, load_customers(past)) for _ in range(2)],
        "step4": lambda: [_say(compare_models, data_preparation(past))],
        "step5": lambda: [train(n_estimators=5), train(max_depth=0)],
        "step6": lambda: [train(), _say(inference_pipeline, f"{url}/tonight", store)],
        "step7": lambda: [train(), train(min_auc=0.99)],
        "deploy": lambda: [f"{d.name}: {d.schedules[0].schedule}" for d in deployments(url, store)],
        "notif": lambda: [train(script=(503, 503, 503, 503))],
    }


def _demo(store: str, asked: str) -> None:
    load_customers.retry_delay_seconds = [0.1, 0.3, 0.6]  # a hundredth of what is asked
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Town)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = os.environ["CHURN_WEBHOOK"] = f"http://127.0.0.1:{server.server_port}"
    for name, show in _steps(url, store).items():
        if asked in ("", name):
            print(f"\n{name}", *show(), sep="\n  ", flush=True)
    server.shutdown()


if __name__ == "__main__":
    step = (sys.argv[1:] or [""])[0].replace("etape", "step")
    step = {"step8": "deploy", "step9": "notif"}.get(step, step)
    if step and step not in _steps("", ""):
        print(f"no step {sys.argv[1]!r}; try step1 to step7, deploy or notif", file=sys.stderr)
        sys.exit(2)

    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    warnings.simplefilter("ignore")
    print("Starting a Prefect server and an MLflow store for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        quiet = contextlib.redirect_stderr(io.StringIO())
        with quiet, temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo(home, step)
