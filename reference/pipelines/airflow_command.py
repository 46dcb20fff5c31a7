"""The command line of `airflow_pipeline.py`: its steps in order, without Airflow."""

import argparse
import json
import logging
import os
import socket
import time
import uuid
import warnings
from collections.abc import Callable
from typing import Any

import airflow_pipeline as steps
import churn_job
from command import Exit, customers_and_store, ended, make_parser, tell_inference, tell_training
from flaky_server import ask_here_directly


def handed_on(step: Callable[..., Any], *given: Any, tries: int = 1, **more: Any) -> Any:
    """Run a step as a task would: what it returns goes through JSON, as through XCom."""
    for attempt in range(1, tries + 1):
        try:
            return json.loads(json.dumps(step(*given, **more), allow_nan=False))
        except Exception:
            if attempt == tries:
                raise
            time.sleep(0.1 * 2**attempt)
    raise AssertionError(tries)


def _train(where: dict[str, Any]) -> dict[str, Any]:
    parent = handed_on(steps.begin, where)
    tries = steps.PATIENCE["retries"] + 1
    customers = handed_on(steps.load_customers, where, labelled=True, tries=tries)
    features = handed_on(steps.engineer_features, where, customers)
    results = []
    for name in churn_job.CANDIDATES:
        try:
            results.append(handed_on(steps.train_candidate, where, parent, name, features))
        except Exception as error:
            logging.getLogger("airflow_pipeline").error("left out: %r", error)
    winner = handed_on(steps.choose_winner, where, parent, results)
    done: dict[str, Any] = handed_on(steps.release, where, winner, features)
    return done


def _infer(where: dict[str, Any]) -> dict[str, Any]:
    tries = steps.PATIENCE["retries"] + 1
    customers = handed_on(steps.load_customers, where, labelled=False, tries=tries)
    features = handed_on(steps.engineer_features, where, customers)
    done: dict[str, Any] = handed_on(steps.predict, where, features)
    return done


def _run(options: argparse.Namespace) -> Exit:
    code = Exit.DONE
    with customers_and_store(options) as (url, store):
        print(f"store      {store}", flush=True)
        where = {
            "run_id": f"{steps.ALONE}|{socket.gethostname()}|{os.getpid()}|{uuid.uuid4().hex}",
            "results": str(options.results.resolve()),
            "store": store,
            "url": url,
            "min_auc": options.min_auc,
            "at_most": options.at_most,
        }
        try:
            if options.what != "inference":
                code = tell_training(_train(where), options.min_auc)
            if options.what != "train":
                tell_inference(_infer(where))
        finally:
            steps.clean_up(where)
    return code


def main(arguments: list[str] | None = None) -> Exit:
    """Run what the arguments ask for, and say in a line each how it went.

    Args:
        arguments: None: those of the process.

    Returns:
        The exit code.
    """
    options = make_parser("airflow_pipeline.py").parse_args(arguments)
    print(f"results    {options.results.resolve()}", flush=True)
    ask_here_directly(options.tracking_uri, options.data_url)
    if not options.verbose:
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    return ended(lambda: _run(options), options.verbose)
