"""The churn pipeline as real DAGs: trained, released and scored by Airflow, in a real store."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dojo.engines.airflow import DagRun, run_dags
from dojo.paths import PACKAGE_ROOT

PIPELINES = PACKAGE_ROOT / "reference" / "pipelines"
DAGS = """
import sys
sys.path.insert(0, {pipelines!r})
import airflow_pipeline

with_options = {url!r}, {store!r}, {folder!r}
training = airflow_pipeline.make_dag(*with_options, "train", retry_delay_s=0)
inference = airflow_pipeline.make_dag(*with_options, "inference", retry_delay_s=0)
"""


class Night(NamedTuple):
    runs: dict[str, DagRun]
    store: str
    folder: Path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    sys.path.insert(0, str(PIPELINES))
    try:
        from flaky_server import serving_customers
    finally:
        sys.path.remove(str(PIPELINES))
    folder = tmp_path_factory.mktemp("churn")
    store = f"sqlite:///{folder / 'mlflow.db'}"
    with serving_customers() as url:
        text = DAGS.format(pipelines=str(PIPELINES), url=url, store=store, folder=str(folder))
        runs = run_dags(text, tmp_path_factory.mktemp("airflow"))
    return Night(runs, store, folder)


def stored_runs(night: Night) -> list[Any]:
    from mlflow import MlflowClient

    client = MlflowClient(night.store)
    return client.search_runs([client.get_experiment_by_name("churn").experiment_id])


def test_both_dags_end_well_after_a_busy_api(night: Night) -> None:
    assert {name: run.state for name, run in night.runs.items()} == {
        "churn_training": "success",
        "churn_inference": "success",
    }
    assert night.runs["churn_training"].tasks["extract"].tries == 2


def test_xcom_carries_paths_and_names_only(night: Night) -> None:
    for run in night.runs.values():
        assert all(len(str(task.xcom)) < 1000 for task in run.tasks.values())
    released = night.runs["churn_training"].tasks["release"].xcom
    assert (released["winner"], released["version"], released["champion"]) == ("everything", 1, 1)


def test_store_tells_who_ran_it(night: Night) -> None:
    runs = stored_runs(night)
    assert {run.data.params["orchestrator"] for run in runs} == {"airflow"}
    assert {run.data.tags["pipeline_run"] for run in runs} == {night.runs["churn_training"].run_id}
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert len(runs) == 6


def test_customers_are_scored_and_no_table_is_left(night: Night) -> None:
    with (night.folder / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 400
    assert {row["model_version"] for row in rows} == {"1"}
    assert list((night.folder / "runs").iterdir()) == []
