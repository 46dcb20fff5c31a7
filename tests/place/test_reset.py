"""`dojo reset` and `dojo solution`: nothing is lost, nothing is shown unasked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dojo.cli import place
from dojo.cli.door import app
from dojo.ground.exits import Exit
from tests.made_up_katas import write_checkout, write_kata

STUB = '''"""Top."""


def one() -> int:
    """One."""
    # TODO(kata): task 1, one.
    raise NotImplementedError


def two() -> int:
    """Two."""
    # TODO(kata): task 2, two.
    raise NotImplementedError
'''
MINE = "def one():\n    return 1  # mine\n\n\ndef two():\n    return 3\n"
SOLVED = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
TESTS = """
def test_one(solution):
    assert solution.one() == 1

def test_two(solution):
    assert solution.two() == 2
"""
MORE = """
[[tasks]]
points = 1
tests = ["test_two"]
title = { en = "two", fr = "deux" }
hints = { en = ["a", "b", "c"], fr = ["a", "b", "c"] }
"""
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "clone"
    folder = write_kata(root, STUB, TESTS, "test_one")
    with (folder / "kata.toml").open("a") as toml:
        toml.write(MORE)
    write_checkout(root)
    (root / ".gitignore").write_text(".dojo/\n")
    reference = root / "reference" / folder.name
    reference.mkdir(parents=True)
    (reference / "demo.py").write_text(SOLVED)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "katas"]):
        subprocess.run([*GIT, *words], cwd=root, check=True)
    (folder / "demo.py").write_text(MINE)
    monkeypatch.chdir(root)
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_LANG", "en")
    return root


@pytest.fixture
def file(clone: Path) -> Path:
    return clone / "katas/01_demo/demo.py"


def dojo(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def backups(clone: Path) -> list[Path]:
    return sorted((clone / ".dojo/backups").iterdir())


def test_reset_brings_the_last_commits_stub_and_keeps_mine(clone: Path, file: Path) -> None:
    result = dojo("reset", "01", "--yes")

    assert (result.exit_code, file.read_text()) == (Exit.DONE, STUB)
    (kept,) = backups(clone)
    assert kept.read_text() == MINE
    assert f"Undo: dojo reset --restore {kept.name}" in result.stdout


def test_without_a_terminal_it_asks_for_yes(clone: Path, file: Path) -> None:
    result = dojo("reset", "01", "--task", "2")

    assert result.exit_code == Exit.UNCONFIRMED == 6
    assert result.stderr == (
        "dojo: nothing was done: there is no terminal to ask on;"
        " 'dojo reset 01 --task 2 --yes' does it without asking\n"
    )
    assert file.read_text() == MINE
    assert not (clone / ".dojo/backups").exists()


@pytest.mark.parametrize(("typed", "code"), [("y\n", Exit.DONE), ("n\n", Exit.UNCONFIRMED)])
def test_on_a_terminal_it_asks(
    file: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: Exit
) -> None:
    monkeypatch.setattr(place, "is_terminal", lambda: True)
    result = dojo("reset", "01", typed=typed)
    assert result.exit_code == code
    question = "Replace katas/01_demo/demo.py with the stub? What is there is kept as a backup."
    assert f"{question} [y/N]:" in " ".join(result.stderr.split())
    assert (file.read_text() == STUB) == (typed == "y\n")


def test_task_puts_back_its_functions_only(clone: Path, file: Path) -> None:
    result = dojo("reset", "01", "--task", "2", "--yes")

    assert result.exit_code == Exit.DONE
    assert file.read_text() == MINE.split("def two")[0] + STUB[STUB.index("def two") :]
    assert backups(clone)[0].read_text() == MINE


def test_restored_backup_is_backed_up_too(clone: Path, file: Path) -> None:
    dojo("reset", "01", "--yes")
    (first,) = backups(clone)
    file.write_text(SOLVED)

    result = dojo("reset", "--restore", first.name, "--yes")

    assert (result.exit_code, file.read_text()) == (Exit.DONE, MINE)
    assert [path.read_text() for path in backups(clone)] == [MINE, SOLVED]
    listed = dojo("reset", "--list").stdout.splitlines()
    assert listed[:2] == [path.name for path in backups(clone)]
    told = json.loads(dojo("reset", "01", "--list", "--json").stdout)["backups"]
    assert [one["name"] for one in told] == listed[:2]


def test_untouched_file_has_nothing_to_put_back(clone: Path, file: Path) -> None:
    file.write_text(STUB)

    result = dojo("reset", "01")

    assert (result.exit_code, result.stdout) == (
        Exit.DONE,
        "There is nothing to put back: katas/01_demo/demo.py has it already.\n",
    )
    assert not (clone / ".dojo/backups").exists()
    assert "no backup" in dojo("reset", "--list").stdout


def test_removed_file_comes_back(file: Path) -> None:
    file.unlink()

    assert dojo("reset", "01", "--yes").exit_code == Exit.DONE
    assert file.read_text() == STUB


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reset"], "which kata? 'dojo reset 02' puts one back to its stub"),
        (["reset", "01", "--task", "3"], "'01_demo' has no task 3, it has tasks 1 to 2"),
        (["reset", "--restore", "x.py"], "no backup 'x.py'; 'dojo reset --list' names them all"),
    ],
)
def test_wrong_words_are_refused_in_one_line(clone: Path, words: list[str], said: str) -> None:
    result = dojo(*words, "--yes")

    assert result.exit_code == Exit.USAGE
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_task_of_a_file_that_is_no_python_is_refused(file: Path) -> None:
    file.write_text("def one(:\n")

    result = dojo("reset", "01", "--task", "1", "--yes")

    assert result.exit_code == Exit.USAGE
    assert "demo.py, line 1 is no Python" in result.stderr
    assert "'dojo reset 01' puts the whole file back" in result.stderr
    assert file.read_text() == "def one(:\n"


def test_folder_that_is_neither_clone_nor_workspace_knows_no_stub(clone: Path) -> None:
    (clone / ".git").rename(clone / "no-git")

    result = dojo("reset", "01", "--yes")

    assert result.exit_code == Exit.USAGE
    assert "nothing here knows the stub of '01_demo'" in result.stderr


def test_unwritable_folder_is_told_in_one_line(clone: Path, file: Path) -> None:
    (clone / ".dojo").write_text("")  # in the folder's place: root may write everywhere

    result = dojo("reset", "01", "--yes")

    assert result.exit_code == Exit.ENVIRONMENT
    assert "nothing is lost" in result.stderr
    assert file.read_text() == MINE


# The reference


def test_solution_of_an_unsolved_kata_asks(clone: Path) -> None:
    result = dojo("solution", "01")

    assert result.exit_code == Exit.UNCONFIRMED
    assert result.stdout == ""
    assert "'dojo solution 01 --yes'" in result.stderr
    assert not (clone / ".dojo/progress.json").exists()


def test_seen_solution_is_shown_and_remembered(clone: Path) -> None:
    result = dojo("solution", "01", "--yes")

    assert result.exit_code == Exit.DONE
    assert "--- two (yours)\n+++ two (reference)" in result.stdout
    assert "-    return 3\n+    return 2\n" in result.stdout
    assert "(unsolved, solution seen)" in dojo("list").stdout
    (kata,) = json.loads(dojo("list", "--json").stdout)["katas"]
    assert (kata["seen"], kata["solved"], kata["changed"]) == (True, False, False)
    assert dojo("solution", "01").exit_code == Exit.DONE  # asked once


@pytest.mark.slow
def test_solution_of_a_solved_kata_does_not_ask(clone: Path, file: Path) -> None:
    file.write_text(SOLVED.replace("return 2", "return 1 + 1"))
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "run", "01"],
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == Exit.DONE, done.stderr

    result = dojo("solution", "01")

    assert result.exit_code == Exit.DONE
    assert "-    return 1 + 1\n+    return 2\n" in result.stdout
    assert "seen" not in dojo("list").stdout
    file.write_text(SOLVED)
    assert "are the same" in dojo("solution", "01", "--yes").stdout


def test_solution_of_a_file_that_is_no_python_is_one_diff(file: Path) -> None:
    file.write_text("def one(:\n")

    told = json.loads(dojo("solution", "01", "--yes", "--json").stdout)["differences"]

    assert [lines[:2] for lines in told] == [["--- demo.py (yours)", "+++ demo.py (reference)"]]


def test_missing_reference_is_told_in_one_line(clone: Path) -> None:
    (clone / "reference/01_demo/demo.py").unlink()

    result = dojo("solution", "01", "--yes")

    assert result.exit_code == Exit.ENVIRONMENT
    assert "'git checkout reference' in a clone" in result.stderr
