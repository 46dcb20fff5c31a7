"""A store of its own for each test: copied, whole, and nothing of the last one is left."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.engines import mlflow as engine

pytest.importorskip("mlflow")

# What a warm parent has, it has imported in one thread; what a first run adds is told to it.
REHEARSAL = """
import json, sys, threading
from pathlib import Path

from dojo.engines import mlflow as engine

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


def test_default_experiment_keeps_artifacts_beside_the_store(tmp_path: Path) -> None:
    uri = engine.new_store(tmp_path, lambda _: None)

    assert uri == f"sqlite:///{tmp_path / 'mlflow.db'}"
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        places = [row[0] for row in database.execute("SELECT artifact_location FROM experiments")]
    assert places == [(tmp_path.resolve() / "artifacts" / "0").as_uri()]


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
