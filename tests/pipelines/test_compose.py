"""The compose file: what it promises, and its very server commands started without containers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
CONTENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = CONTENT["services"]
SERVERS = {"mlflow": 5000, "prefect": 4200, "dagster": 3000}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_pinned_healthy_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":\d+\.\d+[\w.-]*$", service["image"]), "an image without a full version"
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize(("name", "port"), SERVERS.items())
def test_server_is_reached_from_this_machine_only(name: str, port: int) -> None:
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_everything_kept_is_in_a_named_volume() -> None:
    known = CONTENT["volumes"]
    kept = [mount.split(":") for one in SERVICES.values() for mount in one.get("volumes", [])]
    assert {mount[0] for mount in kept if mount[-1] != "ro"} == set(known)
    assert {mount[0] for mount in kept if mount[-1] == "ro"} == {
        "./constraints.txt",
        "./reference",
    }


def test_mlflow_alone_is_what_up_starts() -> None:
    started = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert started == {"mlflow", "mlflow-database"}
    assert all("all" in one["profiles"] for one in SERVICES.values() if "profiles" in one)


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_compose_accepts_the_file() -> None:
    done = subprocess.run(
        ["docker-compose", "-f", str(COMPOSE), "--profile", "all", "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=["mlflow", "prefect"])
def server(request: pytest.FixtureRequest, serve, tmp_path: Path) -> Iterator[tuple[str, str]]:
    with serve(tmp_path, request.param) as urls:
        yield request.param, urls[request.param]


READ_BACK = {
    "mlflow": """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("compose")
with mlflow.start_run() as run:
    mlflow.log_metric("log_loss", 0.4)
    mlflow.log_text("kept", "note.txt")
client = mlflow.MlflowClient()
print(client.get_run(run.info.run_id).data.metrics["log_loss"])
print(mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/note.txt"))
""",
    "prefect": """
import logging, sys
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
logging.disable(logging.CRITICAL)
@flow
def nightly(depth: int):
    return depth
with temporary_settings({PREFECT_API_URL: sys.argv[1] + "/api"}):
    nightly(3)
    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs()
        print(run.parameters["depth"])
        print(run.state.name)
""",
}
EXPECTED = {"mlflow": ["0.4", "kept"], "prefect": ["3", "Completed"]}


def test_server_command_serves(server: tuple[str, str], tmp_path: Path) -> None:
    name, url = server
    done = subprocess.run(
        [sys.executable, "-c", READ_BACK[name], url],
        cwd=tmp_path,
        env={**os.environ, "PREFECT_HOME": str(tmp_path / "client")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-2:] == EXPECTED[name], done.stdout
    if name == "mlflow":
        assert list((tmp_path / "artifacts").iterdir()), (
            "the artifacts are not where the command says"
        )


LOADED = """{
  workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    __typename
    ... on RepositoryLocation { repositories { assetNodes { id } } }
    ... on PythonError { message }
  } } } }
  instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } }
}"""
DEFINITIONS = """
import dagster as dg

@dg.asset
def customers() -> int:
    return 400

defs = dg.Definitions(assets=[customers])
"""


def test_dagster_loads_the_pipeline_and_its_daemon_beats(serve, tmp_path: Path) -> None:
    pipeline, instead = "/reference/pipelines/dagster_pipeline.py", {}
    if not (ROOT / pipeline.lstrip("/")).exists():
        instead[pipeline] = str(tmp_path / "definitions.py")
        (tmp_path / "definitions.py").write_text(DEFINITIONS)
    with serve(tmp_path, "dagster", "dagster-daemon", instead=instead) as urls:
        question = json.dumps({"query": LOADED}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(urls["dagster"] + "/graphql", question, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            data = json.load(answer)["data"]

    (location,) = data["workspaceOrError"]["locationEntries"]
    loaded = location["locationOrLoadError"]
    assert loaded["__typename"] == "RepositoryLocation", loaded
    assert loaded["repositories"][0]["assetNodes"]
    daemons = data["instance"]["daemonHealth"]["allDaemonStatuses"]
    assert {one["daemonType"] for one in daemons if one["required"]} >= {"SCHEDULER", "SENSOR"}
    assert all(one["healthy"] for one in daemons if one["required"]), daemons
