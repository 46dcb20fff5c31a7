"""What editors and containers find in a clone, and in a workspace, leads to commands that work."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.ground.exits import Exit
from dojo.place.carried import EDITORS
from dojo.place.pack import read_pack

ROOT = Path(__file__).resolve().parents[2]
TASKS = json.loads((ROOT / ".vscode/tasks.json").read_text(encoding="utf-8"))["tasks"]
CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
VARIABLES = {"${command:python.interpreterPath}": sys.executable, "${fileDirnameBasename}": "02"}


def test_workspace_has_what_the_clone_has() -> None:
    pack = read_pack("dagster", None)

    for name in EDITORS:
        assert pack.files[name] == (ROOT / name).read_bytes(), name
        assert name in pack.yours


def test_editors_files_are_all_checked_by_schema() -> None:
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    every = [*ROOT.glob(".vscode/*"), *ROOT.glob(".devcontainer/*")]

    assert {path.relative_to(ROOT).as_posix() for path in every} == set(EDITORS)
    for name in EDITORS:
        assert f"--schemafile .ci/schemas/{Path(name).name} {name}" in tox


@pytest.mark.parametrize("task", TASKS, ids=[task["label"] for task in TASKS])
def test_task_names_a_command_that_is_there(task: dict) -> None:
    words = [VARIABLES.get(word, word) for word in (task["command"], *task["args"])]
    assert not [word for word in words if "$" in word]

    done = subprocess.run([*words, "--help"], cwd=ROOT, capture_output=True, check=False)

    assert done.returncode == Exit.DONE, done.stderr


def test_container_installs_as_the_readme_says_and_runs_a_kata_at_once() -> None:
    make, install, warm = CONTAINER["onCreateCommand"].split(" && ")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert f"{make} && " in readme
    assert install.removeprefix(".venv/bin/").replace(" --quiet", "") in readme
    words = shlex.split(warm)
    done = subprocess.run(
        [sys.executable, "-m", Path(words[0]).name, *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == Exit.DONE, done.stdout + done.stderr
