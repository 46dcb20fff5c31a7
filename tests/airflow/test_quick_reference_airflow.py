"""The quick reference's Airflow snippets: one DAG file, run by a real Airflow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt

from dojo.engines.mlflow import engine as mlflow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quick_reference.md"


def airflow_lines() -> str:
    """Return the page's Airflow snippets, all other lines empty: an error names the page's line."""
    text = PAGE.read_text(encoding="utf-8")
    kept = [""] * len(text.splitlines())
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.info == "python airflow" and token.map:
            source = token.content.splitlines()
            first = token.map[0] + 1
            kept[first : first + len(source)] = source
    return "\n".join(kept) + "\n"


def test_airflow_snippets_run_and_hold(tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    file = dags / "quick_reference.py"
    file.write_text(airflow_lines(), encoding="utf-8")
    foreign = ("AIRFLOW", "MLFLOW_")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(foreign)},
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "MLFLOW_TRACKING_URI": mlflow.new_store(tmp_path, lambda _: None),
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    for command in (["-m", "airflow", "db", "migrate"], [str(file)]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
