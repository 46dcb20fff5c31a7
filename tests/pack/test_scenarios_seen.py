"""An author sees what scenarios see: each step, what was noted, what was raised behind the walls.

`tox -e pack`: it takes sandboxes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dojo.testing
from dojo.author.seen.scenarios import Played
from dojo.cli.seen import examine
from dojo.ground.exits import Exit
from dojo.sandbox.walls import missing_for
from dojo.terminal.screen import Screen
from tests.pack.outside import Author

ANSWERS = Path("reference", "01_records", "answers")
EXAM = Path("reference", "01_records", "exam.py")
needs_walls = pytest.mark.skipif(bool(missing_for("strict")), reason=missing_for("strict"))
TWO_DAYS = '''

@examines(2, rests_on=("outside",))
def removed_on_two_days(desk: Desk) -> None:
    """Look at the folder in between: the next call is made in a process of its own."""
    desk.run_apart("prepare", {"a.json": "1", "b.json": "2"})
    folder = str(desk.folder / "store")
    desk.advance(60)
    first = desk.call("remove", folder, ["b"])
    desk.note("after the first", desk.run_apart("look"))
    desk.note_outcome("second", desk.call("remove", folder, []))
    desk.note("after the second", desk.run_apart("look"))
    old = desk.call("remove", folder, first.handle)
    desk.note("of an earlier process", [old.raised, old.text])
'''
FAILING = """

@examines(2)
def looks_where_nothing_is(desk: Desk) -> None:
    desk.call("remove", str(desk.folder), [])
    desk.note("left", desk.run_apart("look"))
"""


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    author = Author(tmp_path_factory.mktemp("elsewhere"))
    author.run("list", "--trust")
    with (author.pack / EXAM).open("a", encoding="utf-8") as file:
        file.write(TWO_DAYS)
    return author


def seen_of(author: Author, *words: str | Path, code: int) -> list[dict[str, Any]]:
    done = author.run("examine", "01", *words, "--json")
    assert done.returncode == code, done.stderr
    scenarios: list[dict[str, Any]] = json.loads(done.stdout)["scenarios"]
    return scenarios


@pytest.mark.slow
@needs_walls
def test_scenario_goes_on_in_a_new_process_after_it_has_looked(author: Author) -> None:
    (seen,) = seen_of(author, "removed_on_two_days", code=Exit.DONE)

    assert seen["reference"]["noted"] == {
        "after the first": "{'b.json': '2'}",
        "second": "['b']",
        "after the second": "{}",
        "of an earlier process": (
            "['LookupError', 'what call 1 returned went with its process: make it again']"
        ),
    }


@pytest.mark.slow
@needs_walls
def test_answer_is_seen_beside_the_reference_with_its_steps(author: Author) -> None:
    answer = ANSWERS / "wrong_nan_goes_through.py"
    seen = seen_of(author, "1", "--solutions", answer, code=Exit.UNSOLVED)

    assert {one["scenario"]: one["refused"] for one in seen} == {
        "records_are_there_as_drawn": False,
        "a_number_that_json_lacks_changes_nothing": True,
    }
    refused = seen[1]
    assert [one["what"] for one in refused["differences"]] == ["NaN", "the folder"]
    assert [one.split("(")[0] for one in refused["solution"]["steps"]][:4] == [
        "run_apart prepare",
        "call publish",
        "note 'first': 4",
        "call publish",
    ]
    assert "in _text_of\n" in refused["reference"]["printed"]
    assert refused["reference"]["printed"].endswith("not JSON compliant: nan")
    assert refused["solution"]["printed"] == ""


@pytest.mark.slow
@needs_walls
def test_what_fails_behind_the_walls_has_its_traceback(tmp_path: Path) -> None:
    author = Author(tmp_path)
    inside = "reference/01_records/inside.py"
    author.change(
        inside, "    return {path.name", "    print('found', files)\n    return {path.nam"
    )
    done = author.run("examine", "01", "the_rest_is_removed", "--trust")
    told = done.stdout

    assert done.returncode == Exit.AUTHOR_ERROR
    assert "    run_apart look() -> no answer\n" in told
    assert "it came to no end:\n      wrong: look found nothing that it could use" in told
    assert "found [PosixPath('desk.folder/store/" in told
    assert "AttributeError: 'PosixPath' object has no attribute 'nam'" in told


@pytest.mark.slow
@needs_walls
def test_scenario_is_seen_from_a_test_of_the_pack(author: Author) -> None:
    (kata,) = dojo.testing.katas(author.pack)
    wrong = author.pack / ANSWERS / "wrong_removes_what_is_not_its_own.py"
    (seen,) = dojo.testing.examine(kata, wrong, scenario="the_rest_is_removed")

    assert seen.refuses
    assert seen.solution
    assert "notes.md" in seen.reference.noted["the folder"]
    assert "notes.md" not in seen.solution.noted["the folder"]


@pytest.mark.slow
def test_scenario_that_is_none_is_named(author: Author) -> None:
    done = author.run("examine", "01", "no_such")

    assert done.returncode == Exit.USAGE
    assert "'no_such' is no scenario and no task of json/01_records; it has records_" in done.stderr


@pytest.mark.slow
def test_examination_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(EXAM, "import json\n", "import jsom\n")
    done = author.run("examine", "01", "--trust")

    assert done.returncode == Exit.AUTHOR_ERROR
    assert "exam.py cannot be read: ModuleNotFoundError: No module named 'jsom'" in done.stderr


@pytest.mark.slow
def test_planted_answer_is_run_as_a_whole_file(author: Author) -> None:
    answer = ANSWERS / "wrong_counts_all.py"
    told = author.told("run", "01", "--solutions", answer)
    whole = author.pack / ".dojo" / "answers" / "01_records" / answer.name

    assert {one["test"] for one in told["tests"] if not one["passed"]} == {
        "test_only_what_changed_is_counted"
    }
    assert whole.read_text("utf-8").startswith('"""Publish records as files of JSON')
    assert whole.read_text("utf-8").endswith((author.pack / answer).read_text("utf-8"))


@pytest.mark.slow
def test_planted_answer_without_its_reference_is_one_line(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (author.pack / "reference" / "01_records" / "records.py").unlink()
    done = author.run("run", "01", "--solutions", ANSWERS / "wrong_counts_all.py", "--trust")

    assert done.returncode == Exit.USAGE
    assert "wrong_counts_all.py cannot be made whole: " in done.stderr


def test_of_a_long_log_the_end_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    log = "\n".join(f"line {number}" for number in range(100))
    examine._tell_played(Screen(), "reference", Played((), {}, printed=log))
    told = capsys.readouterr().out

    assert "(--json also says the 20 lines before)\n      line 20\n" in told
    assert told.endswith("line 99\n")
