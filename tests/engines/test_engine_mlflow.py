"""A store of its own for each test: copied, whole, and nothing of the last one is left."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.engines.mlflow import engine, troubled

pytest.importorskip("mlflow")

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

# What a warm parent has, it has imported in one thread; what a first run adds is told to it.
REHEARSAL = """
import json, sys, threading
from pathlib import Path

from dojo.engines.mlflow import engine

engine.isolate()
threads, new = [], []
for folder in map(Path, sys.argv[2:]):
    before = set(sys.modules)
    engine.rehearse(folder)
    engine.forget()
    new.append(len(set(sys.modules) - before))
    threads.append(threading.active_count())
Path(sys.argv[1]).write_text(json.dumps([threads, new]))
"""


@pytest.mark.slow
def test_default_experiment_keeps_artifacts_beside_the_store(tmp_path: Path) -> None:
    uri = engine.new_store(tmp_path, lambda _: None)

    assert uri == f"sqlite:///{tmp_path / 'mlflow.db'}"
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        places = [row[0] for row in database.execute("SELECT artifact_location FROM experiments")]
    assert places == [(tmp_path.resolve() / "artifacts" / "0").as_uri()]


@pytest.mark.slow
def test_second_rehearsal_imports_nothing_and_starts_no_thread(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    file = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REHEARSAL, str(file), *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    threads, (first, second) = json.loads(file.read_text(encoding="utf-8"))
    assert threads == [1, 1]
    assert first > 100
    assert second == 0


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return MlflowClient(engine.new_store(tmp_path, lambda _: None))


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_one_question_finds_no_answer_and_the_others_do(client: MlflowClient) -> None:
    with troubled.busy_at(2) as refused:
        assert client.get_experiment("0").name == "Default"
        with pytest.raises(MlflowException, match="host not found"):
            client.get_experiment("0")
        assert client.get_experiment("0").name == "Default"
    assert len(refused) == 1
    with troubled.busy_at(2) as refused:
        client.get_experiment("0")
    assert refused == []


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_question_after_a_change_finds_its_answer(client: MlflowClient) -> None:
    with troubled.busy_at(3) as refused:
        client.get_experiment(client.create_experiment("made"))
        client.get_experiment("0")
    assert refused == []


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_one_change_is_refused_and_the_others_are_made(client: MlflowClient) -> None:
    with troubled.refused_at(2) as refused:
        client.create_experiment("first")
        with pytest.raises(MlflowException, match="host not found"):
            client.create_experiment("second")
        client.create_experiment("third")
    assert refused == ["create_experiment"]
    assert client.get_experiment_by_name("second") is None
    with troubled.refused_at(1, "set_tag") as refused:
        client.create_run("0")
    assert refused == []


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_change_is_made_and_its_answer_is_lost(tmp_path: Path, client: MlflowClient) -> None:
    run = client.create_run("0").info
    model = tmp_path / "artifacts" / "0" / run.run_id / "artifacts" / "model"
    model.mkdir(parents=True)
    (model / "MLmodel").touch()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    try:
        with troubled.refused_at(1, "create_model_version", but_made=True) as refused:
            with pytest.raises(MlflowException, match="host not found"):
                mlflow.register_model(f"runs:/{run.run_id}/model", "churn")
            client.create_registered_model("other")
    finally:
        engine.forget()
    assert refused == ["create_model_version"]
    assert client.get_model_version("churn", "1").run_id == run.run_id


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_no_question_is_answered_once_something_has_changed(client: MlflowClient) -> None:
    with troubled.silent_once_changed() as refused:
        client.get_experiment("0")
        client.create_run("0")  # what a store asks itself is answered
        client.create_run("0")
        assert refused == []
        with pytest.raises(MlflowException, match="host not found"):
            client.get_experiment("0")
    assert refused == ["get_experiment"]
    assert client.get_experiment("0").name == "Default"


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_run_of_a_caller_is_seen_to_end(tmp_path: Path, client: MlflowClient) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    with troubled.callers_run(uri) as look:
        assert look() == ""
        with pytest.raises(Exception, match="already active"):
            mlflow.start_run()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_URI", uri)
            mlflow.end_run()
        assert look() == "FINISHED, no longer this thread's active run"
    assert mlflow.active_run() is None


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy warns MLflow
def test_run_of_a_caller_is_seen_to_be_used(tmp_path: Path, client: MlflowClient) -> None:
    with troubled.callers_run(f"sqlite:///{tmp_path / 'mlflow.db'}") as look:
        (own,) = client.search_runs(["0"])
        client.log_param(own.info.run_id, "trees", "20")
        client.log_metric(own.info.run_id, "auc", 0.8)
        assert look() == "one in which auc, trees was logged"


def test_many_runs_at_once_find_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    engine.isolate()
    assert int(os.environ["MLFLOW_SQLALCHEMYSTORE_POOL_SIZE"]) >= 2 * 33
