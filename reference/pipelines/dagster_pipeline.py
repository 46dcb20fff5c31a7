"""The churn pipeline as Dagster runs it: what exists, what it is made of, what must not pass.

    python reference/pipelines/dagster_pipeline.py                all of it, on this machine
    python reference/pipelines/dagster_pipeline.py train --tracking-uri http://localhost:5000
    dagster dev -f reference/pipelines/dagster_pipeline.py        the same assets, with a page

What the steps do is in `churn_job.py`; here is what is made of what, what is retried, and what is
stopped. `dagster_command.py` has the options. On the page, MLFLOW_TRACKING_URI and CHURN_DATA_URL
tell where; without them it is as by the command.
"""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import requests
from pydantic import Field

# `dagster dev -f` looks for modules where it was started, not beside the file.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import churn_data
import churn_job
from flaky_server import ask_here_directly, serving_customers

RESULTS = Path("churn-results")


# What differs between machines


class CustomerApi(dg.ConfigurableResource):
    """Where the customers come from; without an address, an API of its own, busy at first."""

    url: str = ""

    def load(self, labelled: bool) -> list[dict[str, Any]]:
        """Load and validate the customers; what may pass is asked again by Dagster."""
        with self._address() as url:
            return churn_data.validate(churn_data.load_customers(url), labelled)

    @contextlib.contextmanager
    def _address(self) -> Iterator[str]:
        given = self.url or os.environ.get("CHURN_DATA_URL")
        if not given:
            ask_here_directly(os.environ.get("MLFLOW_TRACKING_URI"))
        with contextlib.nullcontext(given) if given else serving_customers(script=()) as url:
            yield str(url)


class Mlflow(dg.ConfigurableResource):
    """Which MLflow store remembers what was trained."""

    tracking_uri: str = ""

    @property
    def store(self) -> str:
        """Return the tracking URI; without one, a file in the folder of the results."""
        given = self.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
        if not given:
            RESULTS.mkdir(parents=True, exist_ok=True)
        return given or f"sqlite:///{RESULTS.resolve() / 'mlflow.db'}"


class Gate(dg.ConfigurableResource):
    """What a model must be like: registered from `min_auc` on, released if it calls `at_most`."""

    min_auc: float = Field(default=0.7, ge=0, le=1)
    at_most: float = Field(default=0.5, ge=0, le=1)


class Predictions(dg.ConfigurableResource):
    """Where the campaign reads whom to call."""

    path: str = str(RESULTS / "predictions.csv")


# Data


def load_patiently(
    context: dg.AssetExecutionContext, api: CustomerApi, labelled: bool
) -> list[dict[str, Any]]:
    """Load the customers; ask Dagster to try again where the API may think better of it."""
    try:
        return api.load(labelled)
    except requests.RequestException as error:
        answer = error.response
        if answer is not None and answer.status_code < 500 and answer.status_code != 429:
            raise
        wait_s = 2**context.retry_number
        raise dg.RetryRequested(max_retries=4, seconds_to_wait=wait_s) from error


@dg.asset(group_name="data")
def customers(context: dg.AssetExecutionContext, api: CustomerApi) -> list[dict[str, Any]]:
    """The customers to learn from."""
    loaded = load_patiently(context, api, labelled=True)
    context.add_output_metadata({"customers": len(loaded)})
    return loaded


@dg.asset(group_name="data")
def features(context: dg.AssetExecutionContext, customers: list[dict[str, Any]]) -> pd.DataFrame:
    """One row a customer, with `churned`."""
    made = churn_data.engineer_features(customers)
    context.add_output_metadata({"rows": len(made), "digest": churn_data.digest(made)})
    return made


# Training


@dg.asset(group_name="training", deps=[features])
def comparison(context: dg.AssetExecutionContext, mlflow: Mlflow) -> str:
    """The MLflow run that the candidates are children of; what killed runs have left is put right.

    Which runs are over only Dagster knows; those of another instance are left alone.
    """
    unfinished = churn_job.unfinished(mlflow.store, "dagster")
    runs = [(run_id, context.instance.get_run_by_id(run_id)) for run_id in unfinished]
    interrupted = [run_id for run_id, run in runs if run is not None and run.is_finished]
    swept = churn_job.sweep(mlflow.store, "dagster", interrupted)
    if any(swept.values()):
        context.log.warning(f"an earlier run was interrupted; put right: {swept}")
    return churn_job.start_comparison(mlflow.store, "dagster", context.run.run_id)


def key_of(candidate: str) -> str:
    """Return the asset that a candidate is: a name without commas and spaces."""
    return "candidate_" + re.sub(r"\W+", "_", candidate)


def define_candidate(name: str) -> dg.AssetsDefinition:
    """Define one candidate as an asset; one that fails is left out, the others go on."""

    @dg.asset(name=key_of(name), group_name="training", description=f"Candidate {name!r}.")
    def candidate(
        context: dg.AssetExecutionContext, mlflow: Mlflow, comparison: str, features: pd.DataFrame
    ) -> dict[str, Any]:
        try:
            result = churn_job.train_candidate(mlflow.store, comparison, name, features)
        except Exception as error:
            context.log.error(f"left out: {error!r}")
            result = {"name": name, "error": repr(error)}
        context.add_output_metadata({key: value for key, value in result.items()})
        return result

    return candidate


candidates = [define_candidate(name) for name in churn_job.CANDIDATES]


@dg.asset(
    group_name="training",
    ins={f"result_{n}": dg.AssetIn(one.key) for n, one in enumerate(candidates)},
)
def winner(
    context: dg.AssetExecutionContext, mlflow: Mlflow, comparison: str, **results: dict[str, Any]
) -> dict[str, Any]:
    """The best candidate; the comparison ends with it, or Failed without one."""
    best = None
    try:
        trained = [one for one in results.values() if "error" not in one]
        best = churn_job.choose_winner(trained)
    finally:
        churn_job.finish_comparison(mlflow.store, comparison, best)
    context.add_output_metadata(best)
    return best


# Release


@dg.asset(group_name="release")
def registered_model(mlflow: Mlflow, gate: Gate, winner: dict[str, Any]) -> int | None:
    """The version that the winner was registered as; None if it is not good enough."""
    if not churn_job.passes_gate(winner, gate.min_auc):
        return None
    return churn_job.register_version(mlflow.store, winner["run_id"])


@dg.asset_check(
    asset=registered_model, blocking=True, additional_ins={"features": dg.AssetIn("features")}
)
def calls_not_too_many(
    registered_model: int | None, features: pd.DataFrame, mlflow: Mlflow, gate: Gate
) -> dg.AssetCheckResult:
    """The gate before the release: a version that does not pass is taken back."""
    if registered_model is None:
        return dg.AssetCheckResult(passed=True, metadata={"version": "none, not good enough"})
    try:
        churn_job.check_version(mlflow.store, registered_model, features, gate.at_most)
    except Exception as error:
        churn_job.discard_version(mlflow.store, registered_model)
        return dg.AssetCheckResult(passed=False, metadata={"error": str(error)})
    return dg.AssetCheckResult(passed=True, metadata={"version": registered_model})


@dg.asset(group_name="release")
def champion(
    context: dg.AssetExecutionContext, mlflow: Mlflow, registered_model: int | None
) -> int | None:
    """The version that scores from now on: the new one, if it is better."""
    if registered_model is None:
        best = churn_job.champion_of(mlflow.store)[0]
    else:
        best = churn_job.release_version(mlflow.store, registered_model)
    context.add_output_metadata({"version": best or 0})
    return best


# Inference


@dg.asset(group_name="inference")
def customers_tonight(context: dg.AssetExecutionContext, api: CustomerApi) -> list[dict[str, Any]]:
    """The customers to score."""
    return load_patiently(context, api, labelled=False)


@dg.asset(group_name="inference")
def predictions(
    context: dg.AssetExecutionContext,
    mlflow: Mlflow,
    predictions_file: Predictions,
    customers_tonight: list[dict[str, Any]],
) -> dict[str, Any]:
    """A table on disk, whole: the probability to leave, by the champion of the registry."""
    version, table = churn_job.score(mlflow.store, churn_data.engineer_features(customers_tonight))
    path = churn_data.write_table(table, predictions_file.path)
    told = {"version": version, "customers": len(table), "predictions": path}
    context.add_output_metadata(told)
    return told


INFERENCE = dg.AssetSelection.groups("inference")
defs = dg.Definitions(
    assets=[
        *(customers, features, comparison, *candidates, winner, registered_model, champion),
        *(customers_tonight, predictions),
    ],
    asset_checks=[calls_not_too_many],
    jobs=[
        dg.define_asset_job("churn_training", dg.AssetSelection.all() - INFERENCE),
        dg.define_asset_job("churn_inference", INFERENCE),
    ],
    resources={
        "api": CustomerApi(),
        "mlflow": Mlflow(),
        "gate": Gate(),
        "predictions_file": Predictions(),
    },
)


if __name__ == "__main__":
    from dagster_command import main

    raise SystemExit(main(defs))
