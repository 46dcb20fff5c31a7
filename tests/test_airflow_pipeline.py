"""The Airflow pipeline without Airflow: by its command, with a store of its own."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mlflow")

COMMAND = Path(__file__).resolve().parent.parent / "reference/pipelines/airflow_pipeline.py"


def run(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "AIRFLOW"))}
    return subprocess.run(
        [sys.executable, str(COMMAND), *options],
        cwd=folder,
        env={**kept, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_command_trains_releases_and_scores(tmp_path: Path) -> None:
    done = run(folder=tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert "'everything' won with val_auc 0.824; version 1 released" in done.stdout
    results = tmp_path / "churn-results"
    with (results / "predictions.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 400
    assert list((results / "between-tasks").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("tomorrow",), 2, "invalid choice: 'tomorrow'"),
        (("--min-auc", "70"), 2, "invalid share from 0 to 1 value: '70'"),
        (("--tracking-uri", "./mlruns"), 2, "'./mlruns' is no store"),
        (("--tracking-uri", "http://127.0.0.1:9"), 3, "error: no MLflow server answers at"),
    ],
)
def test_bad_input_gets_one_line(
    options: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = run(*options, folder=tmp_path)

    assert done.returncode == code
    assert said in done.stderr.splitlines()[-1]
