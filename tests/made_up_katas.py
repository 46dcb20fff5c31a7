"""Write made-up katas of one task, and run their tests on a solution, as a learner would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KATA = """
number = {number}
slug = "{slug}"
track = "{track}"
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


def write_checkout(root: Path) -> None:
    """Make a folder of made-up katas one whose pytest knows what a kata is."""
    (root / "conftest.py").write_text('pytest_plugins = ["dojo.running.entry"]\n')
    (root / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")


def write_kata(
    root: Path,
    solution: str,
    text: str,
    *tests: str,
    number: int = 1,
    slug: str = "demo",
    track: str = "prefect",
    needs: str = "",
    more: str = "",
) -> Path:
    """Write a kata whose stub is a solution already; return its folder.

    Args:
        root: The checkout's folder.
        solution: Its file.
        text: The file of its tests.
        tests: The names of these.
        number: Its number.
        slug: Its name.
        track: Its track.
        needs: The engines that it needs, each in quotes.
        more: More lines for its catalogue.
    """
    folder = root / "katas" / f"{number:02d}_{slug}"
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{name}"' for name in tests)
    catalogue = KATA.format(
        number=number, slug=slug, track=track, needs=needs, more=more, tests=listed
    )
    (folder / "kata.toml").write_text(catalogue, encoding="utf-8")
    (folder / f"test_{slug}.py").write_text(text, encoding="utf-8")
    (folder / f"{slug}.py").write_text(solution, encoding="utf-8")
    return folder


def judge(
    folder: Path, solution: str, tests: dict[str, str], *, needs: str = "", more: str = ""
) -> dict[str, Any]:
    """Run the tests of a made-up kata on a solution; return its verdicts by the tests' names."""
    write_checkout(folder)
    bodies = "".join(f"def {name}({body}\n\n\n" for name, body in tests.items())
    write_kata(folder, solution, f"{TEST_HEAD}\n\n{bodies}", *tests, needs=needs, more=more)
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
