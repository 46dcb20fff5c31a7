"""What a person sees of a pipeline run: MLflow and Prefect in a real browser.

`pytest tests/ui`; with DOJO_SCREENSHOTS=docs/screens it renews the pictures of lesson 09.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, FLAGS

playwright = pytest.importorskip("playwright.sync_api", reason="the tox environment `ui` has it")
pytest.importorskip("mlflow")
pytest.importorskip("prefect")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)

PIPELINE = Path(__file__).resolve().parents[2] / "reference" / "pipelines" / "prefect_pipeline.py"
CANDIDATES = ["contract", "calls", "numbers", "everything", "everything, with care"]
WIDTH = 1280


def ask(url: str, question: dict[str, Any] | None = None) -> Any:
    data = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def urls(serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start both servers and run the pipeline against them once."""
    folder = tmp_path_factory.mktemp("ui")
    with serve(folder, "mlflow", "prefect") as urls:
        subprocess.run(
            [
                *(sys.executable, str(PIPELINE), "--results", str(folder / "results")),
                *("--tracking-uri", urls["mlflow"], "--api-url", urls["prefect"]),
            ],
            env={**os.environ, "PREFECT_HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
            check=True,
        )
        yield urls


@pytest.fixture(scope="module")
def page(urls: dict[str, str]) -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        # It opens by itself at the first visit, over a third of the page.
        assistant = "localStorage['mlflow.assistant"
        page.add_init_script(f"{assistant}.panelOpen_v1'] = 'false'")
        page.add_init_script(f"{assistant}.fab.autoOpenedOnFirstLoad_v1'] = 'true'")
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def keep(page: Any, name: str, x: int, height: int) -> None:
    """Keep a picture of the page beside its menu, from the top, if pictures are asked for."""
    folder = os.environ.get("DOJO_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        part = {"x": x, "y": 0, "width": WIDTH - x, "height": height}
        page.screenshot(path=str(Path(folder) / name), clip=part)


def see(page: Any, *texts: str) -> None:
    """Wait until each text can be seen."""
    for text in texts:
        playwright.expect(page.get_by_text(text, exact=True).first).to_be_visible(timeout=60_000)


def test_experiment_shows_the_candidates_under_their_comparison(urls: Any, page: Any) -> None:
    found = ask(urls["mlflow"] + "/api/2.0/mlflow/experiments/get-by-name?experiment_name=churn")
    page.goto(f"{urls['mlflow']}/#/experiments/{found['experiment']['experiment_id']}/runs")
    see(page, "comparison by prefect")
    page.locator("[data-component-id*=runnamecellrenderer]").first.click()  # the + before its name
    see(page, *CANDIDATES, "churn")  # the winner's model has the name it is registered under
    keep(page, "mlflow-runs.png", 198, 480)


def test_registry_shows_the_champion(urls: Any, page: Any) -> None:
    page.goto(f"{urls['mlflow']}/#/models/churn")
    see(page, "Version 1", "@ champion")
    keep(page, "mlflow-champion.png", 198, 540)


def test_flow_run_shows_its_steps_and_their_task_runs(urls: Any, page: Any) -> None:
    runs = ask(urls["prefect"] + "/api/flow_runs/filter", {"sort": "START_TIME_DESC"})
    flows = {flow["id"]: flow["name"] for flow in ask(urls["prefect"] + "/api/flows/filter", {})}
    training, comparison = (
        next(run for run in runs if flows[run["flow_id"]] == name)
        for name in ("churn-training", "compare-candidates")
    )
    page.goto(f"{urls['prefect']}/v2/runs/flow-run/{training['id']}?tab=TaskRuns")
    see(page, training["name"], "Completed", "6 Task runs")
    page.wait_for_timeout(2000)  # the picture of the run is drawn on a canvas: no text to wait for
    keep(page, "prefect-run.png", 256, 512)
    page.goto(f"{urls['prefect']}/v2/runs/flow-run/{comparison['id']}?tab=TaskRuns")
    see(page, comparison["name"], *[f"train {name}" for name in CANDIDATES])
    page.wait_for_timeout(2000)
    keep(page, "prefect-tasks.png", 256, 512)
