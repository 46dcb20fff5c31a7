"""The command line of `prefect_pipeline.py`: options, servers, exit codes."""

import argparse
import contextlib
import enum
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from flaky_server import serving_customers
from prefect import Flow, settings, tags


class Exit(enum.IntEnum):
    """How the command ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_GOOD_ENOUGH = 4
    INTERRUPTED = 130


class Unreachable(Exception):
    """A server does not answer; the message says what to do."""


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:  # also for NaN
        raise ValueError
    return value


_share.__name__ = "share from 0 to 1"


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address: it begins with http://")
    return text.rstrip("/")


def _store(text: str) -> str:
    if text.startswith("sqlite:///"):
        return text
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no store: http://localhost:5000 or sqlite:////folder/mlflow.db"
        )
    return text.rstrip("/")


def _api(text: str) -> str:
    url = _address(text)
    return url if url.endswith("/api") else f"{url}/api"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="prefect_pipeline.py",
        description="Train the churn models, release the best one, score the customers with it.",
        epilog="Exit codes: 0 done; 1 a step failed; 2 wrong usage; 3 a server does not answer;"
        " 4 no candidate was good enough to be registered; 130 interrupted.",
    )
    add = parser.add_argument
    add("what", nargs="?", choices=["train", "inference", "both"], default="both")
    add(
        "--tracking-uri",
        type=_store,
        metavar="URI",
        default=os.environ.get("MLFLOW_TRACKING_URI"),
        help="MLflow (default: $MLFLOW_TRACKING_URI, or else a store in the folder of the results)",
    )
    add(
        "--api-url",
        type=_api,
        metavar="URL",
        default=os.environ.get("PREFECT_API_URL"),
        help="Prefect server (default: $PREFECT_API_URL, or else one of its own for this run)",
    )
    add(
        "--data-url",
        type=_address,
        metavar="URL",
        help="the customers as a JSON list (default: an API of its own, which is busy at first)",
    )
    add(
        "--results",
        type=Path,
        metavar="FOLDER",
        default=Path("churn-results"),
        help="where predictions, cache and stores go (default: %(default)s)",
    )
    add(
        "--min-auc",
        type=_share,
        metavar="SHARE",
        default=0.7,
        help="least validation AUC to be registered (default: %(default)s)",
    )
    add(
        "--at-most",
        type=_share,
        metavar="SHARE",
        default=0.5,
        help="share of customers a model may have called (default: %(default)s)",
    )
    add("-v", "--verbose", action="store_true", help="show what Prefect and MLflow log")
    return parser


def _must_answer(name: str, url: str, option: str, start: str) -> None:
    try:
        requests.get(f"{url}/health", timeout=10).raise_for_status()
    except requests.RequestException as error:
        raise Unreachable(
            f"no {name} server answers at {url} ({type(error).__name__}):"
            f" start it with '{start}', or leave out {option} (and its variable)"
        ) from error


def _be_quiet() -> None:
    """Keep what Prefect and MLflow log off the terminal; the server still gets every line."""
    from prefect.logging.configuration import setup_logging

    warnings.simplefilter("ignore")
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    setup_logging()


@contextlib.contextmanager
def _surroundings(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Have a Prefect server, a store and customers for as long as this lasts.

    Yields:
        The URL of the customers and the tracking URI.
    """
    folder = options.results.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    store = options.tracking_uri or f"sqlite:///{folder / 'mlflow.db'}"
    if store.startswith("http"):
        _must_answer("MLflow", store, "--tracking-uri", "docker-compose up -d mlflow")
    wanted: dict[settings.Setting, Any] = {
        settings.PREFECT_LOCAL_STORAGE_PATH: folder / "cache",
        settings.PREFECT_API_URL: options.api_url,
    }
    if options.api_url:
        _must_answer("Prefect", options.api_url, "--api-url", "docker-compose up -d prefect")
    else:
        wanted |= {
            settings.PREFECT_HOME: folder / "prefect",
            settings.PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: True,
            settings.PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: 120,
            settings.PREFECT_SERVER_ANALYTICS_ENABLED: False,
            settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,  # nobody there who listens
        }
    with contextlib.ExitStack() as stack:
        stack.enter_context(settings.temporary_settings(wanted))
        own = options.data_url is None
        yield stack.enter_context(serving_customers()) if own else options.data_url, store


def _tell_training(done: dict[str, Any], min_auc: float) -> Exit:
    print(f"training   {done['winner']!r} won with val_auc {done['val_auc']:.3f}", end="; ")
    if done["version"] is None:
        print(f"not registered: less than {min_auc}; the champion stays {done['champion']}")
        return Exit.NOT_GOOD_ENOUGH
    moved = "is" if done["champion"] == done["version"] else "stays"
    print(f"version {done['version']} released; the champion {moved} version {done['champion']}")
    return Exit.DONE


def main(
    train: Flow[..., dict[str, Any]],
    infer: Flow[..., dict[str, Any]],
    marks: list[str],
    arguments: list[str] | None = None,
) -> Exit:
    """Run what the arguments ask for, and say in a line each how it went.

    Args:
        train: The flow that trains.
        infer: The flow that scores.
        marks: The tags of all that runs.
        arguments: None: those of the process.

    Returns:
        The exit code.
    """
    options = _options().parse_args(arguments)
    print(f"results    {options.results.resolve()}", flush=True)
    ended = Exit.DONE
    try:
        if not options.verbose:
            _be_quiet()
        with _surroundings(options) as (url, store), tags(*marks):
            print(f"store      {store}", flush=True)
            if options.what != "inference":
                done = train(url, store, options.min_auc, options.at_most)
                ended = _tell_training(done, options.min_auc)
            if options.what != "train":
                done = infer(url, store, str(options.results.resolve() / "predictions.csv"))
                print(f"inference  version {done['version']} scored {done['customers']} customers")
    except Unreachable as error:
        print(f"error: {error}", file=sys.stderr)
        return Exit.UNREACHABLE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception as error:
        if options.verbose:
            raise
        text = " ".join(str(error).split()) or "no message"
        print(f"error: {type(error).__name__}: {text}; -v tells more", file=sys.stderr)
        return Exit.FAILED
    return ended
