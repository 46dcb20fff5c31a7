"""The command line of `prefect_pipeline.py`: options, servers, exit codes."""

import argparse
import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

from command import (
    Exit,
    address,
    customers_and_store,
    ended,
    make_parser,
    must_answer,
    tell_inference,
    tell_training,
)
from flaky_server import ask_here_directly
from prefect import Flow, settings, tags


def _api(text: str) -> str:
    url = address(text)
    return url if url.endswith("/api") else f"{url}/api"


def _options() -> argparse.ArgumentParser:
    parser = make_parser("prefect_pipeline.py")
    parser.add_argument(
        "--api-url",
        type=_api,
        metavar="URL",
        default=os.environ.get("PREFECT_API_URL"),
        help="Prefect server (default: $PREFECT_API_URL, or else one of its own for this run)",
    )
    return parser


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
    wanted: dict[settings.Setting, Any] = {
        settings.PREFECT_LOCAL_STORAGE_PATH: folder / "cache",
        settings.PREFECT_API_URL: options.api_url,
    }
    if options.api_url:
        must_answer("Prefect", options.api_url, "--api-url", "docker-compose up -d prefect")
    else:
        wanted |= {
            settings.PREFECT_HOME: folder / "prefect",
            settings.PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: True,
            settings.PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: 120,
            settings.PREFECT_SERVER_ANALYTICS_ENABLED: False,
            settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,  # nobody there who listens
        }
    with customers_and_store(options) as found, settings.temporary_settings(wanted):
        yield found


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
    ask_here_directly(options.tracking_uri, options.data_url, options.api_url)

    def run() -> Exit:
        code = Exit.DONE
        if not options.verbose:
            _be_quiet()
        with _surroundings(options) as (url, store), tags(*marks):
            print(f"store      {store}", flush=True)
            if options.what != "inference":
                code = tell_training(
                    train(url, store, options.min_auc, options.at_most), options.min_auc
                )
            if options.what != "train":
                tell_inference(
                    infer(url, store, str(options.results.resolve() / "predictions.csv"))
                )
        return code

    return ended(run, options.verbose)
