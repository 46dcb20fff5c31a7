"""The churn pipeline's two DAGs on a real Airflow: `tox -e airflow-dags` runs them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.engines.airflow.engine import DagRun, run_dags
from dojo.replay.heard import airflow
from dojo.replay.story import Story

PIPELINES = Path(__file__).resolve().parents[2] / "reference" / "pipelines"
DAGS = """
import sys
sys.path.insert(0, {folder!r})
from airflow_pipeline import {names}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the customers; busy the first time, as in life."""
    sys.path.insert(0, str(PIPELINES))
    try:
        from flaky_server import serving_customers

        with serving_customers() as url:
            yield url
    finally:
        sys.path.remove(str(PIPELINES))


def run(names: str, home: Path, url: str, **settings: str) -> dict[str, DagRun]:
    where = {"CHURN_DATA_URL": url, "CHURN_RESULTS": str(home / "results"), **settings}
    return run_dags(DAGS.format(folder=str(PIPELINES), names=names), home, environment=where)


@pytest.fixture(scope="module")
def night(home: Path, url: str) -> dict[str, DagRun]:
    return run("churn_training, churn_inference", home, url)


@pytest.fixture(scope="module")
def training(night: dict[str, DagRun]) -> DagRun:
    return night["churn_training"]


@pytest.fixture(scope="module", autouse=True)
def replays(night: dict[str, DagRun], home: Path) -> dict[str, Story]:
    """Return what is drawn of the night, read before any other run begins."""
    return {one.test: one for one in airflow.stories_of(home / "airflow.db", list(night))}


def test_training_releases_a_champion(training: DagRun) -> None:
    assert training.state == "success", training.log[-3000:]
    assert training.tasks["release"].xcom == {
        "winner": "everything",
        "val_auc": pytest.approx(0.824, abs=5e-4),
        "version": 1,
        "champion": 1,
    }


def test_busy_api_is_asked_again(training: DagRun) -> None:
    assert training.tasks["load_customers"].tries > 1


def test_tasks_hand_on_no_tables_and_leave_no_files(training: DagRun, home: Path) -> None:
    handed_on = {name: run.xcom for name, run in training.tasks.items()}
    assert len(json.dumps(handed_on, default=str)) < 5000
    assert list((home / "results" / "between-tasks").iterdir()) == []


def test_champion_scores_all_customers(night: dict[str, DagRun]) -> None:
    scored = night["churn_inference"]
    assert scored.state == "success", scored.log[-3000:]
    told: dict[str, Any] = scored.tasks["predict"].xcom
    assert (told["version"], told["customers"]) == (1, 400)
    assert Path(told["predictions"]).exists()


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy's, at MLflow
def test_refused_version_is_taken_back_and_the_run_is_red(
    training: DagRun, home: Path, url: str
) -> None:
    from mlflow import MlflowClient

    refused = run("churn_training", home, url, CHURN_AT_MOST="0.01")["churn_training"]
    assert refused.states["release"] == "failed"
    assert refused.state == "failed", "the clean-up at the end must not turn it green"
    client = MlflowClient(f"sqlite:///{home / 'results' / 'mlflow.db'}")
    assert [int(one.version) for one in client.search_model_versions("name='churn'")] == [1]
    assert list((home / "results" / "between-tasks").iterdir()) == []


def test_replay_of_a_whole_run_is_read_from_its_database(
    replays: dict[str, Story], night: dict[str, DagRun], home: Path, tmp_path: Path
) -> None:
    page = tmp_path / "run.html"
    assert airflow.main(page, home / "airflow.db", list(night)) == 0
    training = replays["churn_training"]
    loaded = next(one for one in training.runs if one.name == "load_customers")

    assert {one.name for one in training.runs} == {"churn_training", *night["churn_training"].tasks}
    assert len(loaded.waits_s) == night["churn_training"].tasks["load_customers"].tries - 1
    assert {one.ended for one in training.runs} == {"Success"}
    assert "train_candidate" in page.read_text("utf-8")
