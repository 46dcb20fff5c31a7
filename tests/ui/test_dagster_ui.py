"""What a person sees of the Dagster pipeline: the lineage of its assets, in a real browser.

`pytest tests/ui`; with DOJO_SCREENSHOTS=FOLDER it keeps the picture.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, FLAGS

if CHROMIUM is None:
    pytest.skip("Chromium is not installed: apt-get install chromium", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="the tox environment `ui` has it")
pytest.importorskip("dagster_webserver")
pytest.importorskip("mlflow")

PIPELINE = Path(__file__).resolve().parents[2] / "reference" / "pipelines" / "dagster_pipeline.py"
GROUPS = ["data", "training", "release", "inference"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Dagster's page on the pipeline; it needs no daemon to be looked at."""
    folder = tmp_path_factory.mktemp("dagster-ui")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DAGSTER_", "MLFLOW_"))}
    log = folder / "page.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "dagster_webserver", "-f", str(PIPELINE)),
                *("--host", "127.0.0.1", "--port", str(port)),
            ],
            cwd=folder,
            env={**kept, "DAGSTER_HOME": str(folder), "DAGSTER_DISABLE_TELEMETRY": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + 120
            while True:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=30)
                    break
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < end, log.read_text()[-2000:]
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_graph_shows_what_the_champion_is_made_of(url: str) -> None:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page: Any = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(f"{url}/asset-groups")
        page.get_by_role("button", name="Skip").click(timeout=60_000)  # of a newsletter
        # Each is beside the graph, in the list, and in the graph, as the last of its text.
        drawn = [page.get_by_text(name, exact=True).last for name in GROUPS]
        for group in drawn:
            playwright.expect(group).to_be_visible(timeout=60_000)
        drawn[2].click()  # a group unfolds
        for name in ("registered_model", "champion", "0 / 1 Passed"):
            found = page.get_by_text(name, exact=True).first
            playwright.expect(found).to_be_visible(timeout=60_000)
        folder = os.environ.get("DOJO_SCREENSHOTS")
        if folder:
            page.wait_for_timeout(2000)  # it fades in
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / "dagster-assets.png"))
        browser.close()
