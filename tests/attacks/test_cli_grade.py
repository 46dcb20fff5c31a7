"""The instructor's commands: what they refuse, and how a batch goes on after its end."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.batch import batch
from dojo.catalog.kata import find_kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.cli.door import app
from dojo.cli.grade import schema
from dojo.cli.progress import progress
from dojo.exam.marks import ScenarioVerdict
from dojo.grading.results import Binding, Result, Results
from dojo.grading.signing import sign
from dojo.grading.store import Store
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.sandbox.walls import missing_for
from dojo.terminal.screen import Screen
from tests.processes import eventually

KATA = find_kata(load_catalog(ROOT), "05")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"
KEY = "0123456789abcdef0123456789abcdef"


def dojo(*words: str | Path) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("anna", "bob"):
        file = tmp_path / "class" / name / PLACE
        file.parent.mkdir(parents=True)
        file.write_text("x = 1\n")
    return tmp_path / "class"


def result(learner: str = "anna", **changes: Any) -> Result:
    binding = Binding(
        submission="s", kata="k", grader="g", lock="l", python="3", seed="1", level="strict"
    )
    fields = {"learner": learner, "kata": KATA.id, "source": "s", "verdict": "passed"}
    more = {"advice": "a", "points": 40, "earned": 40, "binding": binding}
    return Result(**{**fields, **more, **changes})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to grade"),
        (["nobody"], "'nobody' does not exist"),
        (["class", "--kata", "99"], "kata '99' does not exist"),
        (["class", "--feedback", "some"], "--feedback is 'some'"),
        (["class", "--level", "none"], "--level is 'none'"),
        (["class", "--lang", "de"], "--lang is 'de'; it may be 'en', 'fr'"),
        (["class", "--deadline", "soon"], "--deadline is 'soon': it is no date; write 2026-"),
        (["class", "--deadline", "2026-11-24T18:00"], "it has no zone; write 2026-"),
        (["class", "--deadline", "2026-11-24T18:00"], "or name a --time-zone"),
        (["class", "--time-zone", "Pariss"], "which does not exist; did you mean 'Europe/Paris'?"),
        (
            ["class", "--attempt", "last"],
            "--attempt is 'last'; it may be 'newest', 'first', 'best'",
        ),
        (["class", "--deadline", "2026-11-24T18:00 Paris"], "did you mean 'Europe/Paris'?"),
        (
            ["class", "--grace", "5"],
            "it is no length of time: write 10m, 36h or 3d",
        ),
        (["class", "--grace", "24h"], "from a day on, set a later --deadline"),
        (["class", "--late-at-most", "101"], "'--late-at-most'"),
        (["class", "--sign-key", "none"], "cannot be read"),
        (["--roster", "none.csv"], "roster"),
        (["--roster", os.devnull], "is empty: its first line is 'id,path'"),
        (["class", "--state", "class"], "cannot keep results"),
        (["class", "--dask", "127.0.0.1"], "--dask is '127.0.0.1'; write it as tcp://"),
        (["class", "--dask", "tcp://127.0.0.1:9", "--no-flow"], "leave out --no-flow"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_order_is_one_line_and_a_usage_error(words: list[str], said: str, group: Path) -> None:
    done = dojo("grade", *words)
    assert done.exit_code == Exit.USAGE, done.output
    assert said in done.output
    assert not (group.parent / "results.json").exists()


def test_machine_without_walls_grades_nothing(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "missing_for", lambda _: "no walls here: take another machine")
    done = dojo("grade", group)
    assert done.exit_code == Exit.ENVIRONMENT
    assert "nothing was graded: no walls here" in done.output
    assert not (group.parent / "results.json").exists()


@pytest.mark.parametrize("is_there", [True, False])
def test_kata_whose_examination_is_elsewhere_is_named_once(
    is_there: bool, group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (f"katas/{KATA.id}", f"reference/{KATA.id}"):
        shutil.copytree(ROOT / folder, group.parent / "pack" / folder)
    pack = group.parent / "pack"
    (pack / "conftest.py").touch()
    if not is_there:
        (pack / "reference" / KATA.id / "exam.py").unlink()
    monkeypatch.chdir(pack)
    monkeypatch.setattr(
        batch, "grade_batch", lambda submissions, *_: [result() for _ in submissions]
    )
    done = dojo("grade", group)

    assert done.exit_code == Exit.DONE, done.output
    said = f"dojo: {KATA.id} has no examination here (reference/{KATA.id}/exam.py): its tests alone"
    assert " ".join(done.output.split()).count(said) == (not is_there)


def test_results_are_written_filtered_late_and_signed(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def graded(submissions: Any, store: Store, seed: str, order: Any, on_result: Any) -> Any:
        return [result(one.learner, submitted="2026-05-03T12:00:00Z") for one in submissions]

    monkeypatch.setattr(batch, "grade_batch", graded)
    (group.parent / "key").write_text(KEY)
    words = ["--feedback", "none", "--deadline", "2026-05-01T12:00:00Z", "--sign-key", "key"]
    done = dojo("grade", group, *words)
    assert done.exit_code == Exit.DONE, done.output
    record = Results.model_validate_json((group.parent / "results.json").read_bytes())
    assert [(one.learner, one.earned, one.late_days) for one in record.results] == [
        ("anna", 32, 2),
        ("bob", 32, 2),
    ]
    assert "anna  05_parameters  32/40  passed, days late: 2" in done.output
    assert dojo("verify", "results.json", "--sign-key", "key").exit_code == Exit.DONE


def test_language_of_a_batch_is_that_of_its_feedback_also_when_graded_again(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "grade_batch", lambda *_: [result(), result("bob")])
    assert dojo("grade", group, "--lang", "fr").exit_code == Exit.DONE
    assert dojo("regrade", "results.json").exit_code == Exit.DONE
    for words, said in (([], "40 points sur 40"), (["--lang", "en"], "40 of 40 points")):
        assert dojo("feedback", "results.json", *words).exit_code == Exit.DONE
        assert said in (group.parent / "feedback" / "anna.html").read_text(encoding="utf-8")


def test_late_days_are_capped_and_counted_by_the_deadlines_clock(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = {"anna": "2026-10-25T18:30:00Z", "bob": "2026-11-24T18:00:00Z"}
    roster = "".join(f"{one},class/{one},{date}\n" for one, date in late.items())
    (group.parent / "roster.csv").write_text(f"id,path,submitted\n{roster}cleo,class/anna,\n")

    def graded(submissions: Any, *_: Any) -> Any:
        return [result(one.learner, submitted=one.submitted) for one in submissions]

    monkeypatch.setattr(batch, "grade_batch", graded)
    words = ["--deadline", "2026-10-24T20:00 Europe/Paris", "--late-at-most", "30"]
    done = dojo("grade", "--roster", "roster.csv", *words)
    assert done.exit_code == Exit.DONE, done.output
    record = Results.model_validate_json((group.parent / "results.json").read_bytes())
    assert [(one.learner, one.earned, one.late_days) for one in record.results] == [
        ("anna", 36, 1),
        ("bob", 28, 31),
        ("cleo", 40, 0),
    ]
    assert record.results[2].notes == ("no date: lateness not judged",)


def test_seconds_are_no_day_where_there_is_grace(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = result(submitted="2026-05-01T12:00:30Z")
    monkeypatch.setattr(batch, "grade_batch", lambda *_: [late])
    words = ["grade", group / "anna", "--deadline", "2026-05-01T12:00:00Z"]
    assert "36/40  passed, days late: 1" in dojo(*words).output
    assert "40/40  passed: a" in dojo(*words, "--grace", "1m").output


def test_class_in_paris_with_an_extension_a_deadline_of_ones_own_and_the_best_attempt(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates = {
        "anna": "24/10/2026 19:59",  # in time
        "bob": "25/10/2026 19:30",  # a day by the clock, though 25 h and a half; extended by 2 d
        "cleo": "25/10/2026 19:30",
    }
    lines = [f"{one};class/{one};{date};;" for one, date in dates.items()]
    lines[1] = "bob;class/bob;25/10/2026 19:30;;2d;b@uni.example"
    lines += ["anna;class/anna (2);26/10/2026 08:00;;", "dan;class/bob;25/10/2026 19:30;"]
    lines[-1] += "25/10/2026 19:00;;d@uni.example"
    head = "id;path;submitted;deadline;extension;mail"
    (group.parent / "roster.csv").write_text("\n".join([head, *lines]) + "\n")

    def graded(submissions: Any, *_: Any) -> Any:
        earned = {"class/anna": 20, "class/anna (2)": 30}
        return [
            result(
                one.learner,
                submitted=one.submitted,
                source=one.source,
                earned=earned.get(one.source, 40),
            )
            for one in submissions
        ]

    monkeypatch.setattr(batch, "grade_batch", graded)
    words = ["--deadline", "2026-10-24T20:00", "--time-zone", "Europe/Paris", "--attempt", "best"]
    done = dojo("grade", "--roster", "roster.csv", *words)
    assert done.exit_code == Exit.DONE, done.output

    record = Results.model_validate_json((group.parent / "results.json").read_bytes())
    assert [(one.learner, one.earned, one.late_days) for one in record.results] == [
        ("anna", 24, 2),
        ("bob", 40, 0),
        ("cleo", 36, 1),
        ("dan", 36, 1),
    ]
    assert record.results[0].notes == (
        "of 2 attempts class/anna (2) is the best, not class/anna (20)",
    )
    own = [one.deadline and one.deadline.isoformat() for one in record.results]
    assert own == [None, "2026-10-26T20:00:00+01:00", None, "2026-10-25T19:00:00+01:00"]

    written = dojo(
        "export", "results.json", "-", "--to", "gradebook", "--separator", "semicolon"
    ).output
    first, anna, bob, *_ = written.lstrip("\ufeff").splitlines()
    assert first == '"learner";"mail";"05_parameters (40)";"total (40)";"remarks"'
    assert anna.startswith('"anna";"";"24";"24";')
    assert bob.startswith('"bob";"b@uni.example";"40";"40";"05_parameters passed, own deadline')


def test_count_and_exit_code_say_that_somebody_was_not_graded(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        batch, "grade_batch", lambda submissions, *_: [result(one.learner) for one in submissions]
    )
    for name in ("Thumbs.db", ".DS_Store"):
        (group / name).touch()
    done = dojo("grade", group)
    assert done.exit_code == Exit.DONE
    assert f"left out: {group / '.DS_Store'}, {group / 'Thumbs.db'}" in done.output
    assert "2 graded, 0 not graded, 2 left out" in done.output
    (group / "cleo.docx").touch()
    done = dojo("grade", group)
    assert done.exit_code == Exit.INCOMPLETE
    assert f"not graded: {group / 'cleo.docx'}: is no folder" in done.output
    assert "2 graded, 1 not graded (named above), 2 left out" in done.output
    record = json.loads((group.parent / "results.json").read_text(encoding="utf-8"))
    assert len(record["ungraded"]) == 1


def test_dask_without_its_package_says_what_to_install(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    done = dojo("grade", group, "--dask", "tcp://127.0.0.1:9")
    assert done.exit_code == Exit.ENVIRONMENT
    assert "pip install -e '.[dask]'" in done.output


def test_flow_run_without_a_server_is_one_line(group: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    words = [sys.executable, "-m", "dojo", "grade", str(group), "--flow"]
    for server, said in {"": "there is no", "http://127.0.0.1:9/api": "no Prefect server"}.items():
        named = {"PREFECT_API_URL": server} if server else {}
        environment = {**kept, **named, "PREFECT_HOME": str(group.parent / "prefect")}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == Exit.ENVIRONMENT, done.stderr
        assert said in done.stderr
        assert "'prefect server start'" in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("is_terminal", [True, False])
def test_terminal_gets_a_bar_with_the_time_left_and_a_file_lines(is_terminal: bool) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    stream = Stream()
    with progress(Screen(stream)) as watch:
        watch.begins(2, 4)
        watch.graded(result(), 3, 4)
        watch.graded(result("bob", verdict="grader-error", earned=None, advice="not graded"), 4, 4)
    lines = stream.getvalue().splitlines()
    if is_terminal:
        assert re.search(r"4/4.*0:00:00.* left", stream.getvalue())
        assert not any("anna" in line for line in lines)
        assert any("bob" in line for line in lines)
    else:
        # No mark: lateness has its say at the end, and two marks would be one too many.
        assert lines == [
            "[2/4] graded earlier",
            f"[3/4] anna  {KATA.id}  passed",
            f"[4/4] bob  {KATA.id}  -/40  grader-error: not graded",
        ]


def test_graders_own_failure_is_no_zero(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = result(verdict="grader-error", earned=None, advice="not graded: x")
    monkeypatch.setattr(batch, "grade_batch", lambda *_: [broken, result("bob")])
    done = dojo("grade", group)
    assert done.exit_code == Exit.ENVIRONMENT
    assert "anna  05_parameters  -/40  grader-error" in done.output
    assert "1 of 2 could not be graded" in done.output


@pytest.mark.parametrize("change", ["a mark", "the schema", "no file", "another key"])
def test_forged_results_are_not_verified(tmp_path: Path, change: str) -> None:
    key, file = tmp_path / "key", tmp_path / "results.json"
    key.write_text(KEY)
    signed = sign(result(earned=10), KEY.encode())
    file.write_text(Results(feedback="full", results=(signed,)).model_dump_json())
    code, said = Exit.UNSOLVED, "not signed with this key: anna"
    if change == "a mark":
        file.write_text(file.read_text().replace('"earned":10', '"earned":40'))
    elif change == "the schema":
        file.write_text('{"results": []}')
        said = "no record of results"
    elif change == "no file":
        file.unlink()
        code, said = Exit.USAGE, "cannot be read"
    else:
        key.write_text(KEY[::-1])
    done = dojo("verify", file, "--sign-key", key)
    assert done.exit_code == code
    assert said in done.output


def test_schema_of_results_is_told() -> None:
    assert "Binding" in json.loads(schema())["$defs"]


@pytest.mark.skipif(
    bool(missing_for("strict")) and not os.environ.get("CI"), reason=missing_for("strict")
)
def test_killed_batch_goes_on_where_it_was(tmp_path: Path) -> None:
    reference = KATA.reference_file.read_text(encoding="utf-8")
    for number in range(4):
        file = tmp_path / "class" / f"learner-{number}" / PLACE
        file.parent.mkdir(parents=True)
        file.write_text(f"{reference}\n# {number}\n", encoding="utf-8")
    words = [sys.executable, "-m", "dojo", "grade", "class", "--kata", "05", "--jobs", "1"]
    state = tmp_path / "results.sqlite"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(words, cwd=tmp_path, stdout=log, stderr=log)
        eventually(lambda: kept(state) >= 2 or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
        process.wait()
    first = kept(state)
    assert 2 <= first < 4
    assert not (tmp_path / "results.json").exists()
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    record = Results.model_validate_json((tmp_path / "results.json").read_bytes())
    assert [(one.learner, one.earned) for one in record.results] == [
        (f"learner-{number}", KATA.points) for number in range(4)
    ]
    assert len({one.binding.seed for one in record.results}) == 1
    assert kept(state) == 4


def kept(state: Path) -> int:
    if not state.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{state}?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.Error:
        return 0
    finally:
        if "database" in locals():
            database.close()


@pytest.fixture
def graded_class(group: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Have a class graded, and what its next grading says to be set."""
    says: dict[str, Any] = {"anna": {}, "bob": {}}

    def grade(submissions: Any, *_: Any) -> Any:
        return [
            result(one.learner, submitted=one.submitted, source=one.source, **says[one.learner])
            for one in submissions
        ]

    monkeypatch.setattr(batch, "grade_batch", grade)
    (group.parent / "key").write_text(KEY)
    done = dojo("grade", "class", "--sign-key", "key", "--late-percent", "20")
    assert done.exit_code == Exit.DONE, done.output
    return says


def marks_in(folder: Path) -> list[tuple[str, float | None, tuple[str, ...]]]:
    record = Results.model_validate_json((folder / "results.json").read_bytes())
    return [(one.learner, one.earned, one.notes) for one in record.results]


def test_regrade_says_whose_mark_changed_and_by_what(
    group: Path, graded_class: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    test = TestVerdict("test_twice", 1, passed=False, cause="assertion", message="", seconds=0)
    binding = result().binding.model_copy(update={"kata": "k2"})
    graded_class["bob"] = {
        "earned": 30,
        "verdict": "wrong",
        "tests": (test,),
        "scenarios": (ScenarioVerdict(scenario="draws", tasks=(1,), verdict="wrong"),),
        "binding": binding,
    }
    monkeypatch.chdir(group)  # the batch was asked for in another folder

    done = dojo("regrade", Path("..") / "results.json")

    assert done.exit_code == Exit.DONE, done.output
    assert "1 of 2 marks have changed" in done.output
    assert (
        "bob  05_parameters  40, now 30: the kata is another version: page, tests, reference or"
        " examination; test test_twice is new, and red; scenario draws is new, and red; passed,"
        " now wrong" in done.output
    )
    assert marks_in(group.parent) == [("anna", 40, ()), ("bob", 30, ())]
    again = dojo("regrade", group.parent / "results.json")
    assert "0 of 2 marks have changed" in again.output


def test_mark_by_hand_is_told_signed_and_survives_a_regrade(
    group: Path, graded_class: dict[str, Any]
) -> None:
    graded_class["bob"] = {"earned": 10}
    words = ["mark", "results.json", "bob", "05", "35", "--reason", "shown at the table"]
    refused = dojo(*words)
    assert (refused.exit_code, "name the --sign-key" in refused.output) == (Exit.USAGE, True)

    words = ["mark", "results.json", "BOB", "05", "35,0", *words[5:]]
    done = dojo(*words, "--sign-key", "key")
    assert done.exit_code == Exit.DONE, done.output
    assert "bob  05_parameters  40, now 35" in done.output
    assert "report, feedback, export again" in done.output
    note = "set by hand: shown at the table (graded: 40)"
    assert marks_in(group.parent) == [("anna", 40, ()), ("bob", 35, (note,))]
    assert dojo("verify", "results.json", "--sign-key", "key").exit_code == Exit.DONE

    done = dojo("regrade", "results.json")
    assert "0 of 2 marks have changed" in done.output
    note = "set by hand: shown at the table (graded: 10)"
    assert marks_in(group.parent)[1] == ("bob", 35, (note,))
    assert dojo("verify", "results.json", "--sign-key", "key").exit_code == Exit.DONE
    written = dojo("export", "results.json", "-", "--to", "gradebook").output
    assert note in written

    done = dojo("mark", "results.json", "bob", "05_parameters", "--sign-key", "key")
    assert "bob  05_parameters  35, now 10" in done.output
    assert marks_in(group.parent)[1] == ("bob", 10, ())
    dojo("regrade", "results.json")
    assert marks_in(group.parent)[1] == ("bob", 10, ())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mark", "results.json", "zoe", "05", "1", "--reason", "r"], "has nobody called 'zoe'"),
        (["mark", "results.json", "an", "05", "1", "--reason", "r"], "did you mean 'anna'?"),
        (["mark", "results.json", "bobb", "05", "1", "--reason", "r"], "did you mean 'bob'?"),
        (
            ["mark", "results.json", "bob", "02", "1", "--reason", "r"],
            "nothing of 'bob' on '02', but 05_parameters",
        ),
        (["mark", "results.json", "bob", "05", "much", "--reason", "r"], "write a number"),
        (["mark", "results.json", "bob", "05", "1"], "needs its --reason"),
        (
            ["mark", "results.json", "bob", "05", "41", "--reason", "r"],
            "41 is not between 0 and 40",
        ),
        (["mark", "results.json", "bob", "05", "nan", "--reason", "r"], "nan is no mark"),
        (["mark", "none.json", "bob", "05", "1", "--reason", "r"], "cannot be read"),
        (["regrade", "none.json"], "cannot be read"),
        (["regrade", "results.json", "--state", "none.sqlite"], "does not exist; name it with"),
    ],
)
def test_mark_that_cannot_be_set_changes_nothing(
    group: Path, graded_class: dict[str, Any], words: list[str], said: str
) -> None:
    before = (group.parent / "results.json").read_bytes()
    key = ["--sign-key", "key"] if words[0] == "mark" else []

    done = dojo(*words, *key)

    assert (done.exit_code, said in done.output) == (Exit.USAGE, True), done.output
    assert (group.parent / "results.json").read_bytes() == before
    assert not (group.parent / "none.sqlite").exists()


@pytest.mark.parametrize("mark", ["35", "41", "-1", "nan"])
@pytest.mark.parametrize("key", [None, "other", "none"])
@pytest.mark.parametrize("learner", ["bob", "zoe"])
def test_refused_mark_leaves_no_file_behind(
    group: Path, graded_class: dict[str, Any], learner: str, key: str | None, mark: str
) -> None:
    (group.parent / "other").write_text(KEY[::-1])
    (group.parent / "results.sqlite").unlink()
    before = {path: path.read_bytes() for path in group.parent.iterdir() if path.is_file()}
    named = [] if key is None else ["--sign-key", key]

    done = dojo("mark", "results.json", learner, "05", "--reason", "r", *named, "--", mark)

    assert done.exit_code == Exit.USAGE, done.output
    after = {path: path.read_bytes() for path in group.parent.iterdir() if path.is_file()}
    assert after == before


def test_mark_that_cannot_be_written_is_not_kept_either(
    group: Path, graded_class: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dojo.cli.grade.write_whole", full)
    done = dojo("mark", "results.json", "bob", "05", "35", "--reason", "r", "--sign-key", "key")

    assert (done.exit_code, "No space left" in done.output) == (Exit.USAGE, True)
    assert Store(group.parent / "results.sqlite").marks() == {}


def test_mark_by_hand_that_a_kata_cannot_earn_any_more_is_told_not_set(
    group: Path, graded_class: dict[str, Any]
) -> None:
    dojo("mark", "results.json", "bob", "05", "35", "--reason", "r", "--sign-key", "key")
    graded_class["bob"] = {"points": 20, "earned": 20}

    dojo("regrade", "results.json")

    note = "a mark by hand is not set: 35 of 20 points"
    assert marks_in(group.parent)[1] == ("bob", 20, (note,))


def test_batch_of_an_older_dojo_is_not_graded_again_by_guess(
    group: Path, graded_class: dict[str, Any]
) -> None:
    with sqlite3.connect(group.parent / "results.sqlite") as database:
        database.execute("DELETE FROM facts WHERE name = 'asked'")

    done = dojo("regrade", "results.json")

    assert (done.exit_code, "kept no options" in done.output) == (Exit.USAGE, True)
