"""One real pass: the reference of kata 10 served, triggered through the API, run to its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.engines.prefect.engine import SETTINGS, migrated_database
from dojo.engines.templates import copy_template
from dojo.ground.paths import PACKAGE_ROOT

pytest.importorskip("prefect")

httpx = pytest.importorskip("httpx")
REFERENCE = PACKAGE_ROOT / "reference" / "10_deployment" / "deployment.py"
PATIENCE_S = 180
EARLY = ("SCHEDULED", "PENDING", "RUNNING")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Describe a Prefect of this test's own: its home, an empty database, a free port."""
    database = tmp_path / "prefect.db"
    copy_template(migrated_database(print), database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    others = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **others,
        **SETTINGS,
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    }


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start Python programs, each the leader of its process group, and end the groups."""
    started = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"log-{len(started)}.txt").open("wb")
        with log:
            program = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                cwd=tmp_path,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(program)
        return program

    yield start
    for program in reversed(started):
        with_children = signal.SIGTERM if program.poll() is None else signal.SIGKILL
        for number in (with_children, signal.SIGKILL):
            try:
                os.killpg(program.pid, number)
                program.wait(15)
            except (ProcessLookupError, PermissionError):
                break
            except subprocess.TimeoutExpired:
                continue


def wait_for(what: str, look: Callable[[], Any], *programs: subprocess.Popen[bytes]) -> Any:
    """Look again and again until there is something to see, or a program has ended."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            found = look()
        except httpx.TransportError:
            found = None
        if found:
            return found
        ended = [program.args for program in programs if program.poll() is not None]
        assert not ended, f"waiting for {what}: {ended} ended"
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_S} s for {what}")


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
def test_reference_is_served_and_a_triggered_run_completes(
    environment: dict[str, str], start: Start, tmp_path: Path
) -> None:
    server = start(
        *("-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"),
        *("--host", "127.0.0.1", "--port", environment["PREFECT_SERVER_API_PORT"]),
    )
    with httpx.Client(base_url=environment["PREFECT_API_URL"], timeout=30) as api:

        def read(path: str, **body: Any) -> Any:
            answer = api.post(path, json=body) if body else api.get(path)
            return answer.json() if answer.is_success else None

        wait_for("the server", lambda: read("/health"), server)
        served = start(str(REFERENCE), "serve")
        name = "train-churn-model/nightly"
        nightly = wait_for(name, lambda: read(f"/deployments/name/{name}"), server, served)
        assert nightly["schedules"][0]["schedule"]["timezone"] == "Europe/Paris"
        path = tmp_path / "customers.csv"
        path.write_text("customer_id\n1\n2\n")
        asked = {"path": str(path), "n_estimators": 7}
        run = read(f"/deployments/{nightly['id']}/create_flow_run", parameters=asked)

        def ended() -> Any:
            found = read(f"/flow_runs/{run['id']}")
            return found if found and found["state_type"] not in EARLY else None

        done = wait_for("the end of the run", ended, server, served)
        logs = tmp_path / "log-1.txt"
        assert done["state_type"] == "COMPLETED", logs.read_text(errors="replace")[-3000:]
        assert done["parameters"] == {**nightly["parameters"], **asked}
        assert "nightly: 7 trees for 2 customers" in logs.read_text(errors="replace")

        # What the lesson says of the server's own check: types yes, names no.
        answers = [
            api.patch(f"/deployments/{nightly['id']}", json={"parameters": parameters}).status_code
            for parameters in ({"n_estimators": "many"}, {"n_estimator": 500}, {})
        ]
        assert answers == [409, 204, 204]
