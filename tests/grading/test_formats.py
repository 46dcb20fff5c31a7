"""What is written of results is valid in its format, and harmless in it whatever they say."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import json
import random
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from dojo.cli.door import app
from dojo.export import formats, platforms
from dojo.export.checks import FormatError, NoMark, checks_of, hundredths
from dojo.grading.results import Results, with_feedback
from dojo.ground.exits import Exit
from dojo.ground.safe_text import name as plain_name
from dojo.ground.safe_text import one_line, plain
from tests.made_up_results import (
    HOSTILE,
    a_result,
    a_task,
    a_test,
    hostile,
    passed,
    record,
    tampering,
    ungraded,
    unreadable,
)

CLASSROOM_50 = {
    "CLASSROOM": "ml",
    "ASSIGNMENT": "retries",
    "SUBMISSION_TAG": "submit/2026-05-01T10-00-00Z-abc",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "GITHUB_REPOSITORY": "school/ml-retries-anna-b",
}
# The rules of the schema classroom50/result/v1 that this record can break.
CLASSROOM_50_FIELDS = {
    "schema": "^classroom50/result/v1$",
    "classroom": ".",
    "assignment": ".",
    "assignment_type": "^(individual|group)$",
    "owner": ".",
    "submission": "^submit/",
    "commit": ".",
    "release": ".",
    "review": ".",
    "datetime": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$",
}
WRITERS = {
    "gradebook": formats.gradebook,
    "junit": formats.junit,
    "summary": formats.summary,
    "gradescope": platforms.gradescope,
    "exercism": platforms.exercism,
    "classroom50": lambda results: platforms.classroom50(results, CLASSROOM_50),
    "classroom": platforms.classroom,
}


def dojo(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def decoded(payload: str) -> dict[str, Any]:
    assert re.fullmatch(r"[A-Za-z0-9+/=]+\n", payload)
    found: dict[str, Any] = json.loads(base64.b64decode(payload))
    return found


def rows(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.removeprefix("\ufeff"))))


# --- Everywhere


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", WRITERS)
def test_hostile_text_is_no_command_and_hides_nothing(name: str, text: str) -> None:
    written = WRITERS[name](record(hostile(text)))

    assert written.encode("utf-8")
    assert not re.search(r"(?m)^\s*::", written)
    assert "##[" not in written
    # What is seen is all there is: nothing that moves the cursor or the direction of a line.
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", written)
    if name == "classroom":
        said = [test["message"] or "" for test in decoded(written)["tests"]]
        assert not re.search(r"(?m)^\s*::|\x1b|\x00|\u202e", "\n".join(said))


def test_terminal_sequences_go_and_the_unseen_is_shown() -> None:
    assert plain("\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x00\u202ea\r\nb\tc") == (
        "red \\u0000\\u202ea\nb\tc"
    )
    assert one_line(" a\n b\t") == "a b"
    assert plain("x" * 20, 10) == "x" * 10 + " [10 characters left out]"
    assert plain("é 日本 \N{PARTY POPPER}") == "é 日本 \N{PARTY POPPER}"


@pytest.mark.parametrize("most", [50, 60, 300, 10_000])
def test_what_is_plain_already_is_not_changed_again(most: int) -> None:
    pieces = (*HOSTILE, "a", ":", "::", "#", "##", "[", "\x1b", "\r", "\n", " ", "\xa0", "x" * 40)
    rng = random.Random(most)
    for _ in range(1000):
        text = "".join(rng.choices(pieces, k=rng.randrange(12)))
        for once in (plain(text, most), one_line(text, most), plain_name(text)):
            assert once == plain(once, 10**6)
        assert plain(plain(text, most), most) == plain(text, most)
        assert one_line(one_line(text, most), most) == one_line(text, most)
        assert plain_name(plain_name(text)) == plain_name(text)
        assert len(plain(text, most)) <= most + 40


@pytest.mark.parametrize("made", [unreadable, tampering])
def test_result_without_a_red_check_gets_one(made: Any) -> None:
    result = made()

    assert [check.message for check in checks_of(result) if not check.passed] == [result.advice]


def test_red_check_without_a_message_still_says_something() -> None:
    silent = [check.message for check in checks_of(with_feedback(a_result(), "none"))]
    told = [check.message for check in checks_of(a_result())]

    assert silent == ["", "red: assertion", "", "differs from the reference: wrong"]
    assert told[1] == "said 1, expected 4"
    assert told[3] == "differs from the reference: wrong\nrequests made: seen 1, expected 4"


@pytest.mark.parametrize("name", ["gradescope", "exercism", "classroom50", "classroom"])
def test_failure_of_the_grader_is_never_written_as_zero(name: str) -> None:
    with pytest.raises(NoMark, match=r"02_retries of 'anna' has no mark .*; grade it again"):
        WRITERS[name](record(ungraded()))


@pytest.mark.parametrize("name", ["gradescope", "exercism", "classroom50", "classroom"])
@pytest.mark.parametrize("results", [(), (a_result(), a_result(learner="ben"))], ids=["0", "2"])
def test_format_for_one_learner_refuses_others(name: str, results: Any) -> None:
    with pytest.raises(FormatError, match=r"for one learner .*--learner"):
        WRITERS[name](record(*results))


def test_lateness_is_shared_without_losing_a_hundredth() -> None:
    tasks = tuple(a_task(number, points=3.33) for number in range(1, 4))
    late = passed(points=9.99, earned=8.99, tasks=tasks, late_days=1)

    shares = hundredths(late)
    assert sum(shares) == 899
    assert all(0 <= share <= 333 for share in shares)
    assert hundredths(unreadable()) == [0, 0]
    with pytest.raises(FormatError, match="give 10 points, its mark is 20; 'dojo verify'"):
        hundredths(a_result(earned=20))


# --- Gradebook


def test_gradebook_has_a_line_a_learner_and_empty_is_not_zero() -> None:
    written = formats.gradebook(
        record(
            passed(learner="ben", late_days=2, earned=16.5),
            a_result(),
            unreadable(kata="03_caching"),
            ungraded(learner="ben", kata="03_caching"),
        )
    )

    assert written.startswith("\ufeff")
    assert rows(written) == [
        ["learner", "02_retries (20)", "03_caching (20)", "total (40)", "remarks"],
        [
            "anna",
            "10",
            "0",
            "10",
            "02_retries wrong: 1 of 2 tests is red | "
            "03_caching unreadable: no file retries.py: hand it in",
        ],
        ["ben", "16.5", "", "", "03_caching grader-error: not graded: disk full"],
    ]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", " =", "\t=", "\r\n=", "\uff1d", "x;=", "x,@"]
)
def test_gradebook_holds_no_formula(start: str) -> None:
    (_, row) = rows(formats.gradebook(record(hostile(f"{start}cmd|' /C calc'!A0"))))

    cells = [part for cell in (row[0], row[-1]) for part in re.split("[;,\t]", cell)]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@\uff1d]", cell)] == []


def test_gradebook_keeps_an_ordinary_name() -> None:
    (_, row) = rows(formats.gradebook(record(passed(learner="Zoé O'Neil-Müller 3=3"))))

    assert row[0] == "Zoé O'Neil-Müller 3=3"


@pytest.mark.parametrize(
    "name",
    [
        *("00123", "2026-01-02", "1/2", "12:30", "1e5", "123456789012345", "MAR1", "2-Sept"),
        *("août 5", "TRUE", "5%", "1.0"),
    ],
)
def test_gradebook_keeps_an_id_that_a_spreadsheet_would_rewrite(name: str) -> None:
    (_, row) = rows(formats.gradebook(record(passed(learner=name))))

    assert row[0] == f"'{name}"


@pytest.mark.parametrize("name", ["123", "0", "marion1", "sepp12", "a00123", "May", "日本01", "1a"])
def test_gradebook_leaves_an_id_that_no_spreadsheet_rewrites(name: str) -> None:
    (_, row) = rows(formats.gradebook(record(passed(learner=name))))

    assert row[0] == name


# --- JUnit


def test_junit_counts_and_names_what_is_red() -> None:
    root = ElementTree.fromstring(formats.junit(record(a_result(), ungraded(), unreadable())))

    wrong, ours, theirs = root.iter("testsuite")
    assert (root.tag, wrong.get("name")) == ("testsuites", "02_retries anna")
    counted = [wrong.get(one) for one in ("tests", "failures", "errors", "skipped", "timestamp")]
    assert counted == ["4", "2", "0", "0", "2026-05-01T12:00:00"]
    failure = wrong.find("testcase[@name='test_second[503]']/failure")
    assert failure is not None
    assert (failure.get("type"), failure.text) == ("assertion", "said 1, expected 4")
    properties = {one.get("name"): one.get("value") for one in wrong.iter("property")}
    assert [properties[one] for one in ("score", "max_score", "seed")] == [
        "10",
        "20",
        "secret-seed",
    ]
    assert (ours.get("failures"), ours.get("errors")) == ("0", "1")
    assert ours.find("testcase/error") is not None
    assert (theirs.get("failures"), theirs.get("errors")) == ("1", "0")


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_of_hostile_text_is_xml_with_our_cases_only(text: str) -> None:
    root = ElementTree.fromstring(formats.junit(record(hostile(text))))

    assert len(list(root.iter("testcase"))) == 3
    assert not list(root.iter("script"))


# --- The summary of a workflow's page


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_of_a_submission_means_anything_in_the_summary(text: str) -> None:
    written = formats.summary(record(hostile(text), ungraded=(text,)))

    ours = r"</?(?:code|details|summary|pre)>|^\|.*\|$|^## Grading$|^Not graded: |&#\d+;"
    table = [line for line in written.splitlines() if line.startswith("|")]
    assert len(table) == 3
    assert [line.count("|") for line in table] == [6, 6, 6]
    rest = re.sub(ours, "", written, flags=re.MULTILINE)
    assert not re.search(r"[<>`*_#\[\]@&|\\=]", rest)


@pytest.mark.slow
def test_summary_says_what_is_red_and_what_was_left_out() -> None:
    written = formats.summary(record(a_result(late_days=2), passed(learner="ben"), ungraded()))
    assert "| <code>02&#95;retries</code> | 10/20 (days late: 2) | wrong" in written
    assert "<pre>test&#95;second&#91;503&#93;\nsaid 1&#44; expected 4" in written
    assert "| -/20 | grader-error |" in written
    assert written.count("<details>") == 2
    assert "<code>02&#95;retries</code>: 2 red, <code>anna</code></summary>" in written

    tests = tuple(a_test(f"test_{i}", 2, "<" * 5000) for i in range(25))
    large = formats.summary(record(*[a_result(learner=f"l{i}", tests=tests) for i in range(1200)]))
    assert len(large.encode()) < formats.MOST_SUMMARY_BYTES + 1000
    assert re.search(r"200 rows and \d+ reports more are in results.json", large)


# --- Gradescope


def test_gradescope_gets_a_test_a_task_and_the_mark_of_all() -> None:
    two = (a_result(earned=8.5, late_days=1), passed(kata="10_deployment"))
    got = json.loads(platforms.gradescope(record(*two)))

    assert got["score"] == 28.5
    assert [(test["number"], test["score"], test["max_score"]) for test in got["tests"]] == [
        ("2.1", 8.5, 10),
        ("2.2", 0, 10),
        ("10.1", 10, 10),
        ("10.2", 10, 10),
    ]
    assert [test["status"] for test in got["tests"]] == ["passed", "failed", "passed", "passed"]
    assert got["tests"][0]["output"] == ""
    assert "said 1, expected 4" in got["tests"][1]["output"]
    # Nothing is HTML, nothing is hidden (that would hide the total), and the seed stays ours.
    formats_named = {value for key, value in got.items() if key.endswith("_format")}
    assert formats_named | {test["output_format"] for test in got["tests"]} == {"text"}
    assert {test["visibility"] for test in got["tests"]} == {"visible"}
    assert "secret-seed" not in json.dumps(got)


def test_tampering_passes_no_test_anywhere() -> None:
    got = json.loads(platforms.gradescope(record(tampering())))

    assert [(test["status"], test["score"]) for test in got["tests"]] == [("failed", 0)]
    assert got["tests"][0]["output"].endswith("it changed what judges it")
    assert decoded(platforms.classroom(record(tampering())))["tests"][0]["status"] == "fail"
    assert json.loads(platforms.exercism(record(tampering())))["status"] == "fail"


# --- exercism


def test_exercism_keeps_the_order_and_a_failed_examination_fails() -> None:
    green = tuple(a_test(f"test_{name}", 1) for name in "cab")
    got = json.loads(platforms.exercism(record(a_result(tests=green))))

    assert (got["version"], got["status"], got["message"]) == (3, "fail", None)
    assert [test["name"] for test in got["tests"]] == [
        "test_c",
        "test_a",
        "test_b",
        "examination: heals",
        "examination: lasts",
    ]
    assert [test["status"] for test in got["tests"]] == ["pass", "pass", "pass", "pass", "error"]
    assert all((test["message"] is None) == (test["status"] == "pass") for test in got["tests"])
    assert json.loads(platforms.exercism(record(passed())))["status"] == "pass"


def test_exercism_says_error_only_where_no_test_ran() -> None:
    got = json.loads(platforms.exercism(record(unreadable())))

    assert (got["status"], got["tests"]) == ("error", [])
    assert "hand it in" in got["message"]
    with pytest.raises(FormatError, match="one kata and there are 2: name --kata"):
        platforms.exercism(record(a_result(), a_result(kata="03_caching")))


def test_exercism_says_error_where_the_file_cannot_be_imported() -> None:
    why = "retries.py, line 3, is not valid Python"
    tests = tuple(a_test(f"test_{name}", 1, why, "import") for name in "ab")
    got = json.loads(platforms.exercism(record(a_result(verdict="raised", tests=tests))))
    assert got == {"version": 3, "status": "error", "message": why, "tests": []}
    ran = (a_test("test_c", 1), *tests)
    got = json.loads(platforms.exercism(record(a_result(verdict="raised", tests=ran))))
    assert (got["status"], [test["status"] for test in got["tests"]][:2]) == (
        "fail",
        ["pass", "error"],
    )


@pytest.mark.parametrize(
    ("printed", "output"),
    [
        ("", None),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 450 + " [Output was truncated. Please limit to 500 chars]"),
        ("\x1b[31mred\u202e", "red\\u202e"),
    ],
)
def test_exercism_has_what_a_test_printed(printed: str, output: str | None) -> None:
    test = dataclasses.replace(a_test("test_first", 1), output=printed)
    got = json.loads(platforms.exercism(record(a_result(tests=(test,)))))
    assert got["tests"][0].get("output") == output
    assert len(got["tests"][0].get("output", "")) <= 500


def test_exercism_message_stays_under_its_limit() -> None:
    tests = (a_test("test_first", 1, "\u202e" * 70_000),)
    got = json.loads(platforms.exercism(record(a_result(tests=tests))))

    assert len(got["tests"][0]["message"]) <= 65_535


# --- Classroom 50


def test_classroom50_has_its_fields_and_no_others() -> None:
    late = passed(earned=18.01, late_days=1)
    got = json.loads(platforms.classroom50(record(late), CLASSROOM_50))

    assert set(got) == {*CLASSROOM_50_FIELDS, "score", "max-score", "tests"}
    for name, pattern in CLASSROOM_50_FIELDS.items():
        assert re.search(pattern, got[name]), name
    assert (got["owner"], got["datetime"]) == ("anna-b", "2026-05-01T10:00:00Z")
    numbers = [got["score"], got["max-score"]]
    numbers += [test[name] for test in got["tests"] for name in ("score", "max-score")]
    assert numbers == [1801, 2000, 900, 1000, 901, 1000]
    assert {type(number) for number in numbers} == {int}
    assert all(test["test-name"] for test in got["tests"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CLASSROOM": ""}, "CLASSROOM is not set"),
        ({"SUBMISSION_TAG": "v1"}, "begins with 'submit/'"),
        ({"MODE": "team"}, "'individual' and 'group'"),
        ({"GITHUB_REPOSITORY": "school/ml-other-anna"}, "begins with 'ml-retries-'"),
    ],
    ids=["variable", "tag", "mode", "repository"],
)
def test_classroom50_refuses_another_identity(changes: dict[str, str], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        platforms.classroom50(record(a_result()), {**CLASSROOM_50, **changes})


def test_classroom50_takes_no_date_of_grading() -> None:
    with pytest.raises(FormatError, match="has no date"):
        platforms.classroom50(record(unreadable()), CLASSROOM_50)


# --- GitHub Classroom


def test_classroom_payload_is_one_line_with_tests_and_a_maximum() -> None:
    got = decoded(platforms.classroom(record(a_result(earned=9.5, late_days=1))))

    assert (got["version"], got["status"], got["max_score"]) == (1, "fail", 20)
    assert [(test["status"], test["score"]) for test in got["tests"]] == [
        ("pass", 9.5),
        ("fail", 0),
    ]
    assert got["tests"][0]["message"] is None
    nothing = decoded(platforms.classroom(record(unreadable())))
    assert (len(nothing["tests"]), nothing["max_score"]) == (2, 20)
    with pytest.raises(FormatError, match="no task"):
        platforms.classroom(record(a_result(tasks=(), earned=0)))


def test_classroom_payload_fits_a_variable_of_the_environment() -> None:
    tasks = tuple(a_task(number, solved=False) for number in range(1, 101))
    tests = tuple(a_test(f"test_{number}", number, "\u65e5" * 9000) for number in range(1, 101))
    payload = platforms.classroom(record(a_result(points=1000, earned=0, tasks=tasks, tests=tests)))

    assert len(payload) < 128 * 1024
    assert len(decoded(payload)["tests"]) == 100


# --- The command


@pytest.fixture
def results_file(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    results = record(a_result(), passed(learner="ben"), ungraded(learner="cleo"))
    path.write_text(results.model_dump_json())
    assert Results.model_validate_json(path.read_bytes()) == results
    return path


@pytest.mark.parametrize("name", ["gradebook", "junit", "summary"])
def test_export_writes_the_format_of_all(results_file: Path, name: str) -> None:
    target = results_file.with_name("out")
    done = dojo("export", results_file, "--to", name, target)

    assert (done.exit_code, done.stdout) == (Exit.DONE, "")
    written = WRITERS[name](Results.model_validate_json(results_file.read_bytes()))
    assert target.read_bytes() == written.encode()


def test_export_prints_one_learner(results_file: Path) -> None:
    done = dojo("export", results_file, "--to", "gradescope", "-", "--learner", "ben")

    assert (done.exit_code, json.loads(done.stdout)["score"]) == (Exit.DONE, 20)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--to", "excel"], Exit.USAGE, "--to is 'excel'; it may be 'gradebook'"),
        (["--to", "gradescope"], Exit.USAGE, "there is 3 learners; name one: --learner"),
        (["--to", "gradescope", "--learner", "dan"], Exit.USAGE, "there is no result of 'dan'"),
        (["--to", "gradescope", "--learner", "cleo"], Exit.ENVIRONMENT, "was not written"),
    ],
    ids=["format", "many", "nobody", "no mark"],
)
def test_export_refuses_in_one_line(
    results_file: Path, arguments: list[str], code: Exit, said: str
) -> None:
    target = results_file.with_name("out")
    done = dojo("export", results_file, target, *arguments)

    assert (done.exit_code, done.stdout, target.exists()) == (code, "", False)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_export_refuses_a_record_that_is_none_or_says_two_things(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"schema_version": 2}')
    assert (
        "is no record of results: schema_version"
        in dojo("export", path, "--to", "junit", "-").stderr
    )
    path.write_text(record(a_result(), passed()).model_dump_json())
    assert "02_retries of 'anna' is twice" in dojo("export", path, "--to", "junit", "-").stderr
