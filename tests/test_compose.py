"""The compose file: what it promises, and its very server commands started without containers."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
CONTENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = CONTENT["services"]
SERVERS = {"mlflow": 5000, "prefect": 4200}
START_TIMEOUT_S = 120


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
    assert {mount[0] for mount in kept if mount[-1] == "ro"} == {"./constraints.txt"}


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


def command_of(name: str) -> list[str]:
    """Return the server's command as the compose file has it, without what a shell did before."""
    command = SERVICES[name]["command"]
    text = command if isinstance(command, str) else command[-1].replace("$$", "$")
    last = text.replace("\\\n", " ").strip().splitlines()[-1]
    return shlex.split(last.removeprefix("exec "))


def answer_of(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start a server's own command natively: SQLite for PostgreSQL, a free port, its own folder."""
    name = request.param
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = command_of(name)
    instead = {
        "0.0.0.0": "127.0.0.1",
        str(SERVERS[name]): str(port),
        "/artifacts": str(tmp_path / "artifacts"),
    }
    command = [instead.get(word, word) for word in command]
    command = [
        f"sqlite:///{tmp_path}/mlflow.db" if "://mlflow:" in word else word for word in command
    ]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "MLFLOW_"))}
    own = {"PREFECT_HOME": str(tmp_path), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name(Path(command[0]).name)), *command[1:]],
            cwd=tmp_path,
            env={**kept, **own, "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    path = re.search(r":\d+(/[\w/]+)'", SERVICES[name]["healthcheck"]["test"][-1])
    assert path
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                answer_of(url + path[1])
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text(errors="replace")[-2000:]
                assert time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
                time.sleep(0.2)
        yield name, url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


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
        assert (tmp_path / "artifacts").is_dir(), "the artifacts are not where the command says"
