"""What the command lines of the pipelines share: options, exit codes, what is told."""

import argparse
import contextlib
import enum
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests
from flaky_server import serving_customers


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


def share(text: str) -> float:
    """Read a share from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:  # also for NaN
        raise ValueError
    return value


share.__name__ = "share from 0 to 1"


def address(text: str) -> str:
    """Read the address of a server."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address: it begins with http://")
    return text.rstrip("/")


def store(text: str) -> str:
    """Read an MLflow tracking URI."""
    if text.startswith("sqlite:///"):
        return text
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no store: http://localhost:5000 or sqlite:////folder/mlflow.db"
        )
    return text.rstrip("/")


def results_folder(text: str) -> Path:
    """Read the folder of the results; stores lie in it, with addresses of their own."""
    folder = Path(text).resolve()
    if "?" in str(folder):
        raise argparse.ArgumentTypeError(
            f"{str(folder)!r} has a '?', where the address of a database ends: take another folder"
        )
    return folder


def make_parser(prog: str) -> argparse.ArgumentParser:
    """Make a parser with the options that all pipelines have."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Train the churn models, release the best one, score the customers with it.",
        epilog="Exit codes: 0 done; 1 a step failed; 2 wrong usage; 3 a server does not answer;"
        " 4 no candidate was good enough to be registered; 130 interrupted.",
    )
    add = parser.add_argument
    add("what", nargs="?", choices=["train", "inference", "both"], default="both")
    add(
        "--tracking-uri",
        type=store,
        metavar="URI",
        default=os.environ.get("MLFLOW_TRACKING_URI"),
        help="MLflow (default: $MLFLOW_TRACKING_URI, or else a store in the folder of the results)",
    )
    add(
        "--data-url",
        type=address,
        metavar="URL",
        help="the customers as a JSON list (default: an API of its own, which is busy at first)",
    )
    add(
        "--results",
        type=results_folder,
        metavar="FOLDER",
        default="churn-results",
        help="where predictions, cache and stores go (default: %(default)s)",
    )
    add(
        "--min-auc",
        type=share,
        metavar="SHARE",
        default=0.7,
        help="least validation AUC to be registered (default: %(default)s)",
    )
    add(
        "--at-most",
        type=share,
        metavar="SHARE",
        default=0.5,
        help="share of customers a model may have called (default: %(default)s)",
    )
    add("-v", "--verbose", action="store_true", help="show what is logged")
    return parser


def must_answer(name: str, url: str, option: str, start: str) -> None:
    """Ask a server whether it is there.

    Raises:
        Unreachable: It is not.
    """
    try:
        requests.get(f"{url}/health", timeout=10).raise_for_status()
    except requests.RequestException as error:
        raise Unreachable(
            f"no {name} server answers at {url} ({type(error).__name__}):"
            f" start it with '{start}', or leave out {option} (and its variable)"
        ) from error


@contextlib.contextmanager
def customers_and_store(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Have a folder for the results, customers and a store for as long as this lasts.

    Yields:
        The URL of the customers and the tracking URI.
    """
    folder = options.results.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    uri = options.tracking_uri or f"sqlite:///{folder / 'mlflow.db'}"
    if uri.startswith("http"):
        must_answer("MLflow", uri, "--tracking-uri", "docker-compose up -d mlflow")
    given = options.data_url
    with contextlib.nullcontext(given) if given else serving_customers() as url:
        yield url, uri


def tell_training(done: dict[str, Any], min_auc: float) -> Exit:
    """Say in one line how the training went."""
    print(f"training   {done['winner']!r} won with val_auc {done['val_auc']:.3f}", end="; ")
    if done["version"] is None:
        print(f"not registered: less than {min_auc}; the champion stays {done['champion']}")
        return Exit.NOT_GOOD_ENOUGH
    moved = "is" if done["champion"] == done["version"] else "stays"
    print(f"version {done['version']} released; the champion {moved} version {done['champion']}")
    return Exit.DONE


def tell_inference(done: dict[str, Any]) -> None:
    """Say in one line how the inference went."""
    print(f"inference  version {done['version']} scored {done['customers']} customers")


def ended(run: Callable[[], Exit], verbose: bool) -> Exit:
    """Run, and turn what goes wrong into one line and an exit code."""
    try:
        return run()
    except Unreachable as error:
        print(f"error: {error}", file=sys.stderr)
        return Exit.UNREACHABLE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception as error:
        if verbose:
            raise
        text = " ".join(str(error).split()) or "no message"
        print(f"error: {type(error).__name__}: {text}; -v tells more", file=sys.stderr)
        return Exit.FAILED
