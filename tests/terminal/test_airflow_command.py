"""Bad input to the Airflow pipeline; what it does is in `pipelines/test_three_pipelines.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proxies import DEAD_PROXIES

pytest.importorskip("mlflow")

COMMAND = Path(__file__).resolve().parents[2] / "reference/pipelines/airflow_pipeline.py"


def run(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "AIRFLOW"))}
    return subprocess.run(
        [sys.executable, str(COMMAND), *options],
        cwd=folder,
        env={**kept, **DEAD_PROXIES, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


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
