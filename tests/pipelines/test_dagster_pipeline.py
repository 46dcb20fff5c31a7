"""The churn pipeline in Dagster: by one command, and by the page's own API under `dagster dev`."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.proxies import DEAD_PROXIES

pytest.importorskip("dagster_webserver")
pytest.importorskip("mlflow")

PIPELINE = Path(__file__).resolve().parents[2] / "reference" / "pipelines" / "dagster_pipeline.py"
ASSETS = {
    *("customers", "features", "comparison", "winner", "registered_model", "champion"),
    *("candidate_contract", "candidate_calls", "candidate_numbers", "candidate_everything"),
    *("candidate_everything_with_care", "customers_tonight", "predictions"),
}
LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


def surroundings(folder: Path) -> dict[str, str]:
    ours = ("DAGSTER_", "MLFLOW_", "CHURN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    (folder / "home").mkdir(exist_ok=True)
    return {
        **kept,
        **DEAD_PROXIES,
        "HOME": str(folder),
        "DAGSTER_HOME": str(folder / "home"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def run_command(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = surroundings(folder)
    del environment["DAGSTER_HOME"]
    return subprocess.run(
        [sys.executable, str(PIPELINE), *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


# One command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Share one folder, so that the second run finds the champion of the first."""
    return tmp_path_factory.mktemp("alone")


@pytest.fixture(scope="module")
def first(folder: Path) -> subprocess.CompletedProcess[str]:
    return run_command(folder=folder)


def test_command_trains_and_scores(first: Any, folder: Path) -> None:
    assert first.returncode == 0, first.stderr
    assert "'everything' won with val_auc 0.824; version 1 released" in first.stdout
    with (folder / "churn-results" / "predictions.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 400
    assert {row["model_version"] for row in rows} == {"1"}


@pytest.mark.filterwarnings("ignore")  # SQLAlchemy's, at MLflow
def test_training_is_logged_as_dagsters(first: Any, folder: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{folder / 'churn-results' / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("churn")
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 6
    assert {run.data.tags["orchestrator"] for run in runs} == {"dagster"}
    assert {run.info.status for run in runs} == {"FINISHED"}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["train", "--min-auc", "0.99"], 4, "not registered: less than 0.99; the champion stays 1"),
        (["train", "--at-most", "0.01"], 1, "error: StepFailed: check calls_not_too_many: version"),
    ],
    ids=["not good enough", "taken back"],
)
@pytest.mark.filterwarnings("ignore")  # as above
def test_gate_keeps_the_champion(
    first: Any, folder: Path, options: list[str], code: int, said: str
) -> None:
    from mlflow import MlflowClient

    done = run_command(*options, folder=folder)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done
    client = MlflowClient(f"sqlite:///{folder / 'churn-results' / 'mlflow.db'}")
    assert [int(one.version) for one in client.search_model_versions("name='churn'")] == [1]
    assert int(client.get_registered_model("churn").aliases["champion"]) == 1


# The page


class Page:
    """`dagster dev`, asked by its GraphQL API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str, **variables: Any) -> Any:
        data = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.url}/graphql", data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def materialise(self, job: str) -> str:
        """Launch a job; return the status that its run ends with."""
        nodes = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name"
        node = self.ask(nodes + " } } } } }")["repositoriesOrError"]["nodes"][0]
        selector = {
            "pipelineName": job,
            "repositoryName": node["name"],
            "repositoryLocationName": node["location"]["name"],
        }
        # One process for all steps: by default each has its own, which imports MLflow again.
        config = {"execution": {"config": {"in_process": {}}}}
        params = {"selector": selector, "mode": "default", "runConfigData": config}
        launched = self.ask(LAUNCH, params=params)
        run_id = launched["launchPipelineExecution"]["run"]["runId"]
        query = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
        end = time.monotonic() + 240
        while time.monotonic() < end:
            status = str(self.ask(query, id=run_id)["runOrError"]["status"])
            if status in ("SUCCESS", "FAILURE", "CANCELED"):
                return status
            time.sleep(1)
        return "too slow"


@contextlib.contextmanager
def dagster_dev(folder: Path) -> Iterator[Page]:
    """Start `dagster dev` on the pipeline in a process group of its own, and end all of it."""
    port = free_port()
    log = folder / "dev.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "dagster", "dev", "-f", str(PIPELINE)),
                *("--host", "127.0.0.1", "--port", str(port)),
            ],
            cwd=folder,
            env=surroundings(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        page = Page(f"http://127.0.0.1:{port}")
        try:
            end = time.monotonic() + 120
            while True:
                with contextlib.suppress(urllib.error.URLError, OSError):
                    page.ask("{ version }")
                    break
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < end, log.read_text()[-2000:]
                time.sleep(0.5)
            yield page
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with dagster_dev(tmp_path_factory.mktemp("dev")) as page:
        yield page


def test_page_lists_the_assets(page: Page) -> None:
    nodes = page.ask("{ assetNodes { assetKey { path } } }")["assetNodes"]
    assert {node["assetKey"]["path"][-1] for node in nodes} == ASSETS


def test_page_materialises_them(page: Page) -> None:
    assert page.materialise("churn_training") == "SUCCESS"
    query = "{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId } } }"
    nodes = page.ask(query)["assetNodes"]
    made = {node["assetKey"]["path"][-1] for node in nodes if node["assetMaterializations"]}
    assert made == ASSETS - {"customers_tonight", "predictions"}
