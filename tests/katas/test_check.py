"""`dojo check`: what it prints, its exit codes, and the examination alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.sandbox.walls import missing_for
from tests.katas.made_up import FRENCH_LESSON, REFERENCE, WRONG, make_checkout, make_kata

needs_walls = pytest.mark.skipif(bool(missing_for("landlock")), reason=missing_for("landlock"))

BREAKS_MORE = WRONG + "\n\ndef count(values):\n    return 0\n"
EXAM = """
from dojo.exam.stage import Desk, examines

@examines(1)
def three_numbers(desk: Desk) -> None:
    values = [desk.rng.randint(2, 9) for _ in range(3)]
    desk.note_outcome("the sum", desk.call("add_up", values))
"""
UNSEEN = WRONG.replace("len(values)", "0 if len(values) == 2 else sum(values)")
EXPLAINED = UNSEEN.replace("Refused", "Not examined: nobody adds up two numbers only\nRefused")
OF_TASK_2 = """
'''Counts nothing.

Refused by: test_counts_all
'''

def count(values):
    return 0
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_checkout(tmp_path / "checkout")
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(root)
    return root


def dojo(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.slow
def test_healthy_kata_has_no_finding(checkout: Path) -> None:
    make_kata(checkout, 1, "healthy", {})
    make_kata(checkout, 2, "broken", {"katas/notes.txt": "?"})

    result = dojo("check", "healthy", "01", "--exam")

    assert result.exit_code == Exit.DONE
    assert result.stdout == "0 findings in 1 kata\n"
    place = "reference/01_healthy/exam.py"
    said = f"has no examination here ({place}): it may be kept elsewhere; nothing was proved of it"
    assert result.stderr == f"dojo: 01_healthy: {said}\n"


@pytest.mark.slow
def test_each_finding_is_one_line_and_the_last_counts_them(checkout: Path) -> None:
    changes = {
        "katas/notes.txt": "?",
        "katas/README.fr.md": FRENCH_LESSON.replace("[1]", "[2]"),
        "answers/wrong_0.py": BREAKS_MORE,
        "answers/right_0.py": "def add_up(values):\n    return 1\n",
        "reference/{slug}.py": f"{REFERENCE}    open('left', 'w').close()\n",
    }
    make_kata(checkout, 1, "broken", changes)

    result = dojo("check")

    assert result.exit_code == Exit.AUTHOR_ERROR
    *lines, last = result.stdout.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["katas/01_broken/notes.txt", "kata_has_all_its_files"],
        ["katas/01_broken/README.fr.md", "both_lessons_show_the_same_code"],
        ["reference/01_broken/answers/right_0.py", "right_answer_is_accepted"],
        ["reference/01_broken/broken.py", "reference_runs_by_itself"],
    ]
    assert "test_adds_all is red (assertion): " in lines[2]
    assert lines[2].endswith("; have the test accept it, or mend the answer")
    assert last == "4 findings in 1 kata"
    assert result.stderr == ""


@pytest.mark.slow
def test_whole_looks_at_other_tasks_too(checkout: Path) -> None:
    make_kata(checkout, 1, "broken", {"answers/wrong_0.py": BREAKS_MORE})

    result = dojo("check", "--whole", "--json")

    assert result.exit_code == Exit.AUTHOR_ERROR
    record = json.loads(result.stdout)
    (found,) = record.pop("findings")
    assert record == {"schema": 1, "katas": ["01_broken"], "notes": []}
    assert found.pop("seen").startswith("it also breaks task 2: test_counts_all is red (assertion)")
    assert found == {
        "kata": "01_broken",
        "file": "reference/01_broken/answers/wrong_0.py",
        "rule": "wrong_answer_is_refused_by_its_test",
        "cure": "have it break no other task, or name the tests of all it breaks",
    }


def test_kata_without_its_reference_is_not_run(checkout: Path) -> None:
    make_kata(checkout, 1, "begun", {"reference/{slug}.py": None})

    result = dojo("check", "--json")

    found = json.loads(result.stdout)["findings"]
    assert {(one["rule"], one["file"]) for one in found} == {
        ("kata_has_all_its_files", "reference/01_begun/begun.py"),
        ("stub_and_reference_promise_the_same", "reference/01_begun/begun.py"),
    }


@pytest.mark.parametrize("names", [["check", "retrys"], ["check", "01", "9"]])
def test_unknown_kata_is_bad_usage(checkout: Path, names: list[str]) -> None:
    make_kata(checkout, 1, "retries", {})

    result = dojo(*names)

    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"dojo: kata {names[-1]!r} does not exist;")
    assert line.endswith("'dojo list' names them all")


@pytest.mark.usefixtures("checkout")
def test_checkout_without_katas_is_no_proof() -> None:
    Path("katas").mkdir()

    result = dojo("check")

    assert (result.exit_code, result.stdout) == (Exit.ENVIRONMENT, "")
    assert "no kata is in" in result.stderr


def test_kata_that_cannot_be_read_is_a_finding(checkout: Path) -> None:
    make_kata(checkout, 1, "unread", {"katas/kata.toml": "number = 1\n"})

    result = dojo("check", "01")

    assert result.exit_code == Exit.AUTHOR_ERROR
    first, last = result.stdout.splitlines()
    assert first.startswith("katas: catalogue_reads_and_nothing_is_left_over: 01_unread/kata.toml:")
    assert last == "1 finding in 0 katas"


def examined(root: Path, exam: str, answers: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """Make a kata with an examination and these answers; return its findings and all notes."""
    none: dict[str, str | None] = {f"answers/wrong_{index}.py": None for index in range(8)}
    make_kata(root, 1, "sums", {**none, "reference/exam.py": exam, **answers})
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "check", "--exam", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == Exit.AUTHOR_ERROR, done.stderr
    record = json.loads(done.stdout)
    found = [one for one in record["findings"] if one["rule"].startswith("examination")]
    return found, [one["said"] for one in record["notes"]]


@pytest.mark.slow
@needs_walls
def test_examination_alone_must_refuse_or_say_why(checkout: Path) -> None:
    answers = {
        "answers/wrong_counts.py": WRONG,
        "answers/wrong_unseen.py": UNSEEN,
        "answers/wrong_explained.py": EXPLAINED,
        "answers/wrong_of_task_2.py": OF_TASK_2,
    }

    (found,), notes = examined(checkout, EXAM, answers)

    assert found["file"] == "reference/01_sums/answers/wrong_unseen.py"
    assert found["rule"] == "examination_refuses_wrong_answer"
    assert notes == [
        "of 3 wrong answers the examination accepts 2,"
        " with a reason: wrong_explained (nobody adds up two numbers only)",
        "no scenario examines task 2: its tests alone are proved",
    ]


BROKEN = {
    "does_not_load": ("import nowhere\n", "No module named 'nowhere'"),
    "is_empty": ("x = 1\n", "it has no scenario"),
    "reference_fails": (EXAM.replace("add_up", "add"), "the reference of 01_sums fails"),
}


@pytest.mark.slow
@needs_walls
@pytest.mark.parametrize("how", BROKEN)
def test_broken_examination_is_one_finding(checkout: Path, how: str) -> None:
    exam, seen = BROKEN[how]

    (found,), notes = examined(checkout, exam, {"answers/wrong_counts.py": WRONG})

    assert found["file"] == "reference/01_sums/exam.py"
    assert found["rule"] == "examination_accepts_the_reference"
    assert seen in found["seen"]
    assert notes == []
