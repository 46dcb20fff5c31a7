"""The churn pipeline as Airflow runs it: small plain functions that hand on paths and names.

    python reference/pipelines/airflow_pipeline.py [train|inference|both]      without Airflow
    dag = airflow_pipeline.make_dag(url, store, folder, "train")               with Airflow 3

Without Airflow the same functions run in the DAG's order, and every value goes through JSON on its
way, as it does through XCom. What the steps do is in `churn_job.py`; the tables lie in a folder of
the run, and a teardown removes it however the run ends.
"""

import argparse
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import churn_data
import churn_job
import requests

DONE, FAILED, UNREACHABLE, NOT_GOOD_ENOUGH, INTERRUPTED = 0, 1, 3, 4, 130


def run_folder(folder: str, run_id: str) -> Path:
    """Name the folder for the tables of one run."""
    return Path(folder).resolve() / "runs" / run_id


# Tasks: plain values in, plain values out


def extract(url: str, folder: str, labelled: bool, run_id: str) -> dict[str, Any]:
    """Load and check the customers, and keep their features in a file of this run.

    Returns:
        `path`, `rows`, and `data`, what tells these features from others.
    """
    customers = churn_data.validate(churn_data.load_customers(url), labelled)
    features = churn_data.engineer_features(customers)
    path = churn_data.write_table(features, str(run_folder(folder, run_id) / "features.csv"))
    return {"path": path, "rows": len(features), "data": churn_data.digest(features)}


def start_comparison(store: str, features: dict[str, Any], run_id: str) -> str:
    """Start the MLflow run that the candidates belong to."""
    del features  # after them: no comparison without customers
    return churn_job.start_comparison(store, "airflow", run_id)


def train_candidate(store: str, parent: str, features: dict[str, Any], name: str) -> dict[str, Any]:
    """Train one candidate on the features at the path."""
    table = churn_data.read_table(features["path"])
    return churn_job.train_candidate(store, parent, name, table)


def finish_comparison(store: str, parent: str, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Choose the winner, and end the MLflow run."""
    winner = None
    try:
        winner = churn_job.choose_winner(list(results))
        return winner
    finally:
        churn_job.finish_comparison(store, parent, winner)


def release(
    store: str, winner: dict[str, Any], features: dict[str, Any], min_auc: float, at_most: float
) -> dict[str, Any]:
    """Register, check, release: all of it or nothing, so all of it in one task."""
    told = {"winner": winner["name"], churn_job.METRIC: winner[churn_job.METRIC]}
    if not churn_job.passes_gate(winner, min_auc):
        return {**told, "version": None, "champion": churn_job.champion_of(store)[0]}
    version = churn_job.register_version(store, winner["run_id"])
    try:
        table = churn_data.read_table(features["path"])
        churn_job.check_version(store, version, table, at_most)
    except BaseException:
        churn_job.discard_version(store, version)
        raise
    return {**told, "version": version, "champion": churn_job.release_version(store, version)}


def score(store: str, features: dict[str, Any], predictions: str) -> dict[str, Any]:
    """Score the customers with the champion, and write the predictions whole."""
    version, table = churn_job.score(store, churn_data.read_table(features["path"]))
    path = churn_data.write_table(table, predictions)
    return {"version": version, "customers": len(table), "predictions": path}


def clean_up(folder: str, run_id: str) -> None:
    """Remove the tables of a run."""
    shutil.rmtree(run_folder(folder, run_id), ignore_errors=True)


# With Airflow


def make_dag(
    url: str,
    store: str,
    folder: str,
    what: str,
    min_auc: float = 0.7,
    at_most: float = 0.5,
    retry_delay_s: float = 60,
) -> Any:
    """Make the DAG `churn_training` (`what` is "train") or `churn_inference` ("inference")."""
    from datetime import timedelta

    from airflow.sdk import dag, task

    retried = {"retries": 4, "retry_delay": timedelta(seconds=retry_delay_s)}

    @dag("churn_training")
    def training() -> None:
        features = task(**retried)(extract)(url, folder, True)
        parent = task(start_comparison)(store, features)
        train = task(train_candidate).partial(store=store, parent=parent, features=features)
        results = train.expand(name=list(churn_job.CANDIDATES))
        winner = task(finish_comparison)(store, parent, results)
        released = task(release)(store, winner, features, min_auc, at_most)
        released >> task(clean_up)(folder).as_teardown()

    @dag("churn_inference")
    def inference() -> None:
        features = task(**retried)(extract)(url, folder, False)
        scored = task(score)(store, features, str(Path(folder).resolve() / "predictions.csv"))
        scored >> task(clean_up)(folder).as_teardown()

    return training() if what == "train" else inference()


# Without Airflow


def by_json(function: Callable[..., Any], *values: Any) -> Any:
    """Call a task, and bring its value back as XCom would."""
    return json.loads(json.dumps(function(*values), allow_nan=False))


def train(url: str, store: str, folder: str, min_auc: float, at_most: float) -> dict[str, Any]:
    """Run the functions of `churn_training` in its order, the candidates one after another."""
    run_id = f"manual__{uuid.uuid4()}"
    try:
        features = by_json(extract_with_retries, url, folder, True, run_id)
        parent = by_json(start_comparison, store, features, run_id)
        results = []
        for name in churn_job.CANDIDATES:
            try:
                results.append(by_json(train_candidate, store, parent, features, name))
            except Exception as error:
                print(f"{name!r} failed: {error}", file=sys.stderr)
        winner = by_json(finish_comparison, store, parent, results)
        released: dict[str, Any] = by_json(release, store, winner, features, min_auc, at_most)
        return released
    finally:
        clean_up(folder, run_id)


def infer(url: str, store: str, folder: str) -> dict[str, Any]:
    """Run the functions of `churn_inference` in its order."""
    run_id = f"manual__{uuid.uuid4()}"
    try:
        features = by_json(extract_with_retries, url, folder, False, run_id)
        scored: dict[str, Any] = by_json(
            score, store, features, str(Path(folder).resolve() / "predictions.csv")
        )
        return scored
    finally:
        clean_up(folder, run_id)


def extract_with_retries(url: str, folder: str, labelled: bool, run_id: str) -> dict[str, Any]:
    """Call `extract`, again at most four times while the API is busy or gone."""
    import time

    for wait_s in (1, 2, 4, 8, None):
        try:
            return extract(url, folder, labelled, run_id)
        except requests.RequestException as error:
            status = error.response.status_code if error.response is not None else 503
            if wait_s is None or (status < 500 and status != 429):
                raise
            time.sleep(wait_s)
    raise AssertionError("unreachable")


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:  # also for NaN
        raise ValueError
    return value


_share.__name__ = "share from 0 to 1"


def _store(text: str) -> str:
    if text.startswith(("sqlite:///", "http://", "https://")):
        return text.rstrip("/")
    raise argparse.ArgumentTypeError(
        f"{text!r} is no store: http://localhost:5000 or sqlite:////folder/mlflow.db"
    )


def _address(text: str) -> str:
    if text.startswith(("http://", "https://")):
        return text.rstrip("/")
    raise argparse.ArgumentTypeError(f"{text!r} is no address: it begins with http://")


def main(arguments: list[str] | None = None) -> int:
    """Run what the arguments ask for, without Airflow; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="airflow_pipeline.py",
        description="Train, release and score as the Airflow DAGs do, without Airflow.",
        epilog="Exit codes: 0 done; 1 a step failed; 2 wrong usage; 3 a server does not answer;"
        " 4 no candidate was good enough to be registered; 130 interrupted.",
    )
    add, store = parser.add_argument, os.environ.get("MLFLOW_TRACKING_URI")
    add("what", nargs="?", choices=["train", "inference", "both"], default="both")
    add("--tracking-uri", type=_store, metavar="URI", default=store, help="MLflow")
    add("--data-url", type=_address, metavar="URL", help="the customers as a JSON list")
    add("--results", type=Path, metavar="FOLDER", default=Path("churn-results"))
    add("--min-auc", type=_share, metavar="SHARE", default=0.7, help="least AUC to register")
    add("--at-most", type=_share, metavar="SHARE", default=0.5, help="share that may be called")
    options = parser.parse_args(arguments)
    folder = options.results.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    store = options.tracking_uri or f"sqlite:///{folder / 'mlflow.db'}"
    print(f"results    {folder}\nstore      {store}", flush=True)
    try:
        if store.startswith("http"):
            try:
                requests.get(f"{store}/health", timeout=10).raise_for_status()
            except requests.RequestException as error:
                print(
                    f"error: no MLflow server answers at {store} ({type(error).__name__}):"
                    " start it with 'docker-compose up -d mlflow', or leave out --tracking-uri"
                    " (and its variable)",
                    file=sys.stderr,
                )
                return UNREACHABLE
        if options.data_url is None:
            from flaky_server import serving_customers

            with serving_customers() as url:
                return _run(options, url, store, str(folder))
        return _run(options, options.data_url, store, str(folder))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        text = " ".join(str(error).split()) or "no message"
        print(f"error: {type(error).__name__}: {text}", file=sys.stderr)
        return FAILED


def _run(options: argparse.Namespace, url: str, store: str, folder: str) -> int:
    ended = DONE
    if options.what != "inference":
        done = train(url, store, folder, options.min_auc, options.at_most)
        print(f"training   {done['winner']!r} won with val_auc {done['val_auc']:.3f}", end="; ")
        if done["version"] is None:
            print(f"not registered; the champion stays {done['champion']}")
            ended = NOT_GOOD_ENOUGH
        else:
            print(f"version {done['version']} released; the champion: {done['champion']}")
    if options.what != "train":
        done = infer(url, store, folder)
        print(f"inference  version {done['version']} scored {done['customers']} customers")
    return ended


if __name__ == "__main__":
    raise SystemExit(main())
