"""Run the tests of a made-up kata on a made-up solution, as a learner would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KATA = """
number = 1
slug = "demo"
track = "prefect"
needs = [{needs}]
title = {{ en = "Demo", fr = "Démo" }}
{more}
[[tasks]]
points = 1
tests = [{tests}]
title = {{ en = "call it", fr = "appelez" }}
[tasks.hints]
en = ["a", "b", "c"]
fr = ["a", "b", "c"]
"""
TEST_HEAD = """
import pandas as pd
import pytest

def in_a_flow(call):
    import prefect
    return prefect.flow(call, name="of_the_test")()
"""


def judge(
    folder: Path, solution: str, tests: dict[str, str], *, needs: str = "", more: str = ""
) -> dict[str, Any]:
    """Run the tests of a made-up kata on a solution; return its verdicts by the tests' names."""
    kata = folder / "katas" / "01_demo"
    kata.mkdir(parents=True)
    (folder / "conftest.py").write_text('pytest_plugins = ["dojo.running.entry"]')
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    listed = ", ".join(f'"{name}"' for name in tests)
    text = KATA.format(tests=listed, needs=needs, more=more)
    (kata / "kata.toml").write_text(text, encoding="utf-8")
    bodies = "".join(f"def {name}({body}\n\n\n" for name, body in tests.items())
    (kata / "test_demo.py").write_text(f"{TEST_HEAD}\n\n{bodies}", encoding="utf-8")
    (kata / "demo.py").write_text(solution, encoding="utf-8")
    file = folder / "verdict.jsonl"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--all-tasks"),
            *(f"--rootdir={folder}", f"--verdict-file={file}", "katas/01_demo"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert file.exists(), done.stdout + done.stderr
    (line,) = file.read_text(encoding="utf-8").splitlines()
    return {test["test"]: test for test in json.loads(line)["tests"]}
