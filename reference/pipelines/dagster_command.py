"""The command line of `dagster_pipeline.py`: options, instance, exit codes."""

import argparse
import contextlib
import logging
import os
import warnings
from typing import Any

import dagster as dg
from command import Exit, customers_and_store, ended, make_parser, tell_inference, tell_training
from flaky_server import ask_here_directly


class StepFailed(Exception):
    """A run failed; the message names the step and its own error."""


def _be_quiet() -> None:
    """Keep what Dagster and MLflow log off the terminal; the instance still gets every line."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"


def _values(defs: dg.Definitions, job: str, instance: dg.DagsterInstance) -> dict[str, Any]:
    """Run a job in this process; return the values of its assets.

    Raises:
        StepFailed: A step failed, or a blocking check.
    """
    result = defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False)
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            said = {key: value.value for key, value in check.metadata.items()}
            raise StepFailed(f"check {check.check_name}: {said.get('error')}")
    for event in result.all_events:
        if event.is_step_failure:
            error = event.event_specific_data.error
            while error.cause is not None:
                error = error.cause
            raise StepFailed(f"{event.step_key}: {error.message.strip().splitlines()[0]}")
    made = [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()]
    return {name: result.output_for_node(name) for name in made}


def _run(defs: dg.Definitions, options: argparse.Namespace) -> Exit:
    code = Exit.DONE
    with contextlib.ExitStack() as stack:
        url, uri = stack.enter_context(customers_and_store(options))
        print(f"store      {uri}", flush=True)
        folder = options.results.resolve()
        own = dg.DagsterInstance.ephemeral(tempdir=str(folder))
        home = os.environ.get("DAGSTER_HOME")
        instance = stack.enter_context(dg.DagsterInstance.get() if home else own)
        asked = {
            "api": {"url": url},
            "mlflow": {"tracking_uri": uri},
            "gate": {"min_auc": options.min_auc, "at_most": options.at_most},
            "predictions_file": {"path": str(folder / "predictions.csv")},
        }
        where = dg.Definitions(
            assets=defs.assets,
            asset_checks=defs.asset_checks,
            jobs=defs.jobs,
            resources={name: type(defs.resources[name])(**what) for name, what in asked.items()},
        )
        if options.what != "inference":
            made = _values(where, "churn_training", instance)
            done = {
                "winner": made["winner"]["name"],
                "val_auc": made["winner"]["val_auc"],
                "version": made["registered_model"],
                "champion": made["champion"],
            }
            code = tell_training(done, options.min_auc)
        if options.what != "train":
            tell_inference(_values(where, "churn_inference", instance)["predictions"])
    return code


def main(defs: dg.Definitions, arguments: list[str] | None = None) -> Exit:
    """Run what the arguments ask for, and say in a line each how it went.

    Args:
        defs: The pipeline's definitions; their resources are replaced by the asked ones.
        arguments: None: those of the process.

    Returns:
        The exit code.
    """
    options = make_parser("dagster_pipeline.py").parse_args(arguments)
    print(f"results    {options.results.resolve()}", flush=True)
    ask_here_directly(options.tracking_uri, options.data_url)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    if not options.verbose:
        _be_quiet()
    return ended(lambda: _run(defs, options), options.verbose)
