"""One contract for the churn pipeline, whoever orchestrates it: same job, same data, one store."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.proxies import DEAD_PROXIES

pytest.importorskip("dagster")
pytest.importorskip("mlflow")
pytest.importorskip("prefect")

PIPELINES = Path(__file__).resolve().parents[2] / "reference" / "pipelines"
ORCHESTRATORS = ["prefect", "dagster", "airflow"]
CANDIDATES = {"contract", "calls", "numbers", "everything", "everything, with care"}
each_orchestrator = pytest.mark.parametrize("orchestrator", ORCHESTRATORS)
OURS = ("DAGSTER_", "MLFLOW_", "PREFECT_", "CHURN_", "AIRFLOW")


class Night(NamedTuple):
    """What one pipeline did: how its command ended, its predictions, its MLflow runs."""

    code: int
    said: str
    scores: dict[str, str]
    runs: list[Any]

    @property
    def children(self) -> dict[str, Any]:
        return {run.info.run_name: run for run in self.runs if run.info.run_name in CANDIDATES}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Night]:
    """Run the three, one after the other, on one MLflow store."""
    from mlflow import MlflowClient

    folder = tmp_path_factory.mktemp("nights")
    store = f"sqlite:///{folder / 'mlflow.db'}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    nights = {}
    for orchestrator in ORCHESTRATORS:
        results = folder / orchestrator
        done = subprocess.run(
            [
                *(sys.executable, str(PIPELINES / f"{orchestrator}_pipeline.py")),
                *("--tracking-uri", store, "--results", str(results)),
            ],
            cwd=folder,
            env={**kept, **DEAD_PROXIES, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        with (results / "predictions.csv").open(newline="") as table:
            rows = list(csv.DictReader(table))
        scores = {row["customer_id"]: row["churn_probability"] for row in rows}
        nights[orchestrator] = Night(done.returncode, done.stdout + done.stderr, scores, [])
    client = MlflowClient(store)
    (experiment,) = client.search_experiments(filter_string="name = 'churn'")
    for run in client.search_runs([experiment.experiment_id]):
        nights[run.data.tags["orchestrator"]].runs.append(run)
    return nights


pytestmark = pytest.mark.filterwarnings("ignore")  # SQLAlchemy's, at MLflow


@each_orchestrator
def test_command_ends_well(nights: dict[str, Night], orchestrator: str) -> None:
    assert nights[orchestrator].code == 0, nights[orchestrator].said


@each_orchestrator
def test_candidates_are_finished_children_of_one_run(
    nights: dict[str, Night], orchestrator: str
) -> None:
    night = nights[orchestrator]
    (parent,) = [run for run in night.runs if run.info.run_name not in CANDIDATES]
    assert set(night.children) == CANDIDATES
    assert {run.data.tags["mlflow.parentRunId"] for run in night.children.values()} == {
        parent.info.run_id
    }
    assert {run.info.status for run in night.runs} == {"FINISHED"}


@each_orchestrator
def test_orchestrator_is_logged_as_a_parameter(nights: dict[str, Night], orchestrator: str) -> None:
    told = {run.data.params["orchestrator"] for run in nights[orchestrator].runs}
    assert told == {orchestrator}


@each_orchestrator
def test_same_parameters_and_metrics_are_logged(
    nights: dict[str, Night], orchestrator: str
) -> None:
    def logged(night: Night) -> dict[str, Any]:
        told = {}
        for name, run in night.children.items():
            params = {k: v for k, v in run.data.params.items() if k != "orchestrator"}
            told[name] = params, pytest.approx(run.data.metrics)
        return told

    seen, expected = logged(nights[orchestrator]), logged(nights["prefect"])
    assert {name: (params, metrics.expected) for name, (params, metrics) in seen.items()} == (
        expected
    )


@each_orchestrator
def test_same_winner_and_one_champion(nights: dict[str, Night], orchestrator: str) -> None:
    said = nights[orchestrator].said
    assert "'everything' won with val_auc 0.824" in said
    # The first one's version is good enough; nobody after it is better.
    champion = "is" if orchestrator == ORCHESTRATORS[0] else "stays"
    assert f"the champion {champion} version 1" in said


@each_orchestrator
def test_same_customers_get_the_same_scores(nights: dict[str, Night], orchestrator: str) -> None:
    assert len(nights[orchestrator].scores) == 400
    assert nights[orchestrator].scores == nights["prefect"].scores
