"""What macOS and Windows get: runs that are started afresh; as on Windows without any `os.fork`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import load_catalog

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = Path(__file__).with_name("without_fork")
# The first of each track that takes no minutes.
KATAS = ["02_retries", "07_tracking", "14_asset_checks", "16_xcom"]
# What a learner's commands and runs import.
MODULES = (
    "dojo.cli.door",
    "dojo.cli.place",
    "dojo.running.entry",
    "dojo.terminal.companion",
    "dojo.terminal.doctor",
    "dojo.terminal.keyboard",
    "dojo.terminal.sample_data",
    "dojo.warm.client",
    "dojo.place.bringing",
    "dojo.ground.janitor",
)
BLOCKED = ("fcntl", "termios", "tty", "pwd", "grp", "resource")


def python(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python, and all Pythons that it starts, without fork."""
    environment = {
        **os.environ,
        "DOJO_NO_FORK": "1",
        "DOJO_LANG": "en",
        "DOJO_TEST_TIMEOUT": "300",  # each call elsewhere is a process that imports all anew
        "PYTHONPATH": os.pathsep.join([str(WITHOUT), str(ROOT)]),
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_there_is_a_kata_of_each_track() -> None:
    tracks = {kata.id: kata.track for kata in load_catalog(ROOT)}

    assert {tracks[kata] for kata in KATAS} == set(tracks.values())


@pytest.mark.parametrize("kata", KATAS)
def test_reference_is_green_without_fork(kata: str) -> None:
    done = python("-m", "dojo", "run", kata, "--solutions", "reference")

    assert done.returncode == 0, done.stdout + done.stderr


def test_stub_is_red_without_fork(tmp_path: Path) -> None:
    stub = tmp_path / "retries.py"
    stub.write_bytes(handed_out(ROOT / "katas/02_retries/retries.py"))
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "katas/02_retries", "--task", "1")
    done = python(*words, "--solutions", str(stub))

    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "passed" not in done.stdout.splitlines()[-1]


def test_learners_code_imports_nothing_that_windows_lacks() -> None:
    program = f"""
import asyncio, multiprocessing.connection, multiprocessing.popen_spawn_posix, subprocess, sys
import _pytest.terminal, filelock, platformdirs, pydantic, pytest, rich.console, typer, xdist.plugin
for name in {BLOCKED!r}:
    sys.modules[name] = None
for name in {MODULES!r}:
    __import__(name)
"""
    done = python("-c", program)

    assert done.returncode == 0, done.stderr
