"""A platform's own list tells who is who, and gets the marks back with nothing else changed."""

from __future__ import annotations

import csv
import datetime
import io
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import find_kata, load_catalog
from dojo.cli.door import app
from dojo.export.checks import FormatError
from dojo.export.sheets import fill_sheet
from dojo.grading.results import Result
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.learners import RosterError
from dojo.intake.submission import Collected, collect
from dojo.intake.tables.sheets import recognise
from tests.made_up_results import a_result, passed, record, ungraded

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
PARIS = zoneinfo.ZoneInfo("Europe/Paris")

# As Moodle writes it in English and in French, with a column of the instructor's own.
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments",extension\n'
    '"Participant 11","Anna Doe",anna@uni.example,"Submitted for grading",,50.00,Yes,'
    '"Tuesday, 24 November 2026, 5:58 PM",-,,\n'
    '"Participant 12","Anna Doe",doe2@uni.example,"Submitted for grading",,50.00,Yes,'
    '"Wednesday, 25 November 2026, 5:58 PM",-,,2d\n'
    '"Participant 13","Zoé Roe",zoe@uni.example,"Submitted for grading",,50.00,Yes,'
    '"Tuesday, 24 November 2026, 6:01 PM",-,"see the forum, please",\n'
    '"Participant 14","Dan Moe",dan@uni.example,"No submission",,50.00,Yes,-,-,,\n'
)
MOODLE_FR = (
    MOODLE.replace(
        'Identifier,"Full name","Email address",Status,Grade,"Maximum grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"',
        'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale",'
        '"La note peut être modifiée","Dernière modification (travail remis)",'
        '"Dernière modification (note)","Feedback par commentaires"',
    )
    .replace("Tuesday, 24 November 2026, 5:58 PM", "mardi 24 novembre 2026, 17:58")
    .replace("Wednesday, 25 November 2026, 5:58 PM", "mercredi 25 novembre 2026, 17:58")
    .replace("Tuesday, 24 November 2026, 6:01 PM", "mardi 24 novembre 2026, 18:01")
    .replace("50.00", '"50,00"')
)
MOODLE_NAMES = (
    "Anna Doe_11_assignsubmission_file_retries.py",
    "Anna Doe_12_assignsubmission_file_retries.py",
    "Zoé Roe_13_assignsubmission_file_retries.py",
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (7),Retries (9712),Current Score,extension\n"
    ",,,,,Manual Posting,Manual Posting,,\n"
    "    Points Possible,,,,,10,50,(read only),\n"
    '"Doe, Anna",101,s101,anna1,CS 1,5,,50,\n'
    '"Doe, Anna",102,s102,anna2,CS 1,,,,36h\n'
    '"Roe, Zoé",103,s103,zoe,CS 2,3,12,,\n'
    '"Student, Test",104,,abc,CS 1,,,,\n'
)
CANVAS_NAMES = (
    "doeanna_101_9001_retries-1.py",
    "doeanna_102_9002_retries.py",
    "roezoe_LATE_103_9003_retries.py",
)


def collected(folder: Path, names: tuple[str, ...], text: str, **more: Any) -> Collected:
    download = folder / "download"
    for number, name in enumerate(names):
        path = download / name
        if not name.endswith(".py"):
            path = path / "retries.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"x = {number}\n", encoding="utf-8")
    (folder / "sheet.csv").write_text(text, encoding="utf-8-sig")
    return collect([download], folder / "sheet.csv", KATAS, [KATA], PARIS, **more)


def results_of(found: Collected, *earned: float | None) -> list[Result]:
    """Return results as the batch makes them of what was collected."""
    return [
        a_result(
            learner=one.learner,
            source=one.source,
            points=50,
            earned=mark,
            columns=dict(one.terms.columns),
            verdict="wrong" if mark is not None else "grader-error",
        )
        for one, mark in zip(found.submissions, earned, strict=True)
    ]


def cells(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written)))


@pytest.mark.parametrize("text", [MOODLE, MOODLE_FR], ids=["en", "fr"])
@pytest.mark.parametrize("names", [MOODLE_NAMES, "folders"], ids=["files", "folders"])
def test_moodles_worksheet_says_who_handed_in_when_and_has_more_time(
    tmp_path: Path, text: str, names: Any
) -> None:
    if names == "folders":
        names = tuple(one.removesuffix("retries.py") for one in MOODLE_NAMES)
    found = collected(tmp_path, names, text)

    assert [(one.learner, one.submitted) for one in found.submissions] == [
        ("Anna Doe_11", datetime.datetime(2026, 11, 24, 17, 58, tzinfo=PARIS)),
        ("Anna Doe_12", datetime.datetime(2026, 11, 25, 17, 58, tzinfo=PARIS)),
        ("Zoé Roe", datetime.datetime(2026, 11, 24, 18, 1, tzinfo=PARIS)),
    ]
    days = [one.terms.extension.days for one in found.submissions]
    assert days == [0, 2, 0]
    assert len(found.submissions[0].terms.columns) == 3
    assert found.told[-2:] == [
        "1 of 4 handed in nothing: Dan Moe",
        f"{tmp_path / 'sheet.csv'}: a time of their own have Anna Doe_12",
    ]
    assert found.ungraded == []


MORE_TIME = {
    "en": (MOODLE, "Extension granted until: Friday, 27 November 2026, 6:00 PM"),
    "fr": (MOODLE_FR, "Prolongation accordée jusqu'au : vendredi 27 novembre 2026, 18:00"),
    "fr, older": (
        MOODLE_FR,
        "Prolongation accordée jusqu'au&nbsp;: vendredi 27 novembre 2026, 18:00",
    ),
}


@pytest.mark.parametrize(("text", "said"), MORE_TIME.values(), ids=MORE_TIME)
def test_more_time_that_was_given_in_moodle_holds_and_is_told(
    tmp_path: Path, text: str, said: str
) -> None:
    more = text.replace('"Submitted for grading"', f'"Submitted for grading - {said}"')
    found = collected(tmp_path, MOODLE_NAMES, more)

    until = datetime.datetime(2026, 11, 27, 18, 0, tzinfo=PARIS)
    # The second has an extension in the instructor's own column: that is the last word.
    assert [one.terms.deadline for one in found.submissions] == [until, None, until]
    assert found.submissions[1].terms.extension.days == 2
    date = said.split(": ")[1]
    assert f"Zoé Roe has time until {date}, as the list says" in found.told


def test_more_time_of_moodle_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    said = "Submitted for grading - Extension granted until: next week"
    found = collected(tmp_path, MOODLE_NAMES, MOODLE.replace("Submitted for grading", said))

    assert [one.terms.deadline for one in found.submissions] == [None] * 3
    told = "has time until next week, not read: write it into a column 'deadline'"
    assert any(told in line for line in found.told)


@pytest.mark.parametrize("text", [MOODLE, MOODLE_FR], ids=["en", "fr"])
def test_moodles_worksheet_gets_the_marks_and_is_else_as_it_was(tmp_path: Path, text: str) -> None:
    found = collected(tmp_path, MOODLE_NAMES, text)
    results = results_of(found, 35, 17.505, None)
    filled = fill_sheet(record(*results), "moodle", tmp_path / "sheet.csv", None)

    assert filled.text.startswith("\ufeff")  # as it came
    before, after = cells(text), cells(filled.text[1:])
    point = "," if "50,00" in text else "."
    assert [row[4] for row in after[1:]] == ["35", f"17{point}5", "", ""]
    for old, new in zip(before, after, strict=True):
        assert [*old[:4], *old[5:-1]] == [*new[:4], *new[5:]]
    assert filled.missing == ["'Zoé Roe' has no mark yet: that line is left as it is"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_spreadsheet_opens_what_it_opened_before(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    results = results_of(collected(tmp_path, MOODLE_NAMES, MOODLE_FR), 35, 17.5, 1)
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(MOODLE_FR.replace("\n", line_end).encode(encoding))
    filled = fill_sheet(record(*results), "moodle", sheet, None)

    assert filled.text.startswith("\ufeff") == (encoding != "utf-8")
    assert filled.text.count("\r\n") == (line_end == "\r\n") * filled.text.count("\n")


def test_lines_without_a_mark_are_named(tmp_path: Path) -> None:
    results = results_of(collected(tmp_path, MOODLE_NAMES, MOODLE), 35, 17.5, 1)
    filled = fill_sheet(record(*results[:-1]), "moodle", tmp_path / "sheet.csv", None)

    assert filled.missing == []
    assert filled.told == ["lines without a mark, left as they are: 2: Zoé Roe, Dan Moe"]


def test_who_handed_in_nothing_gets_a_zero_where_it_is_asked_for(tmp_path: Path) -> None:
    # Canvas: Zoé has a mark there already, which nobody asked to change; Test is excused.
    text = CANVAS.replace("abc,CS 1,,,", "abc,CS 1,,EX,") + '"Moe, Dan",105,s105,dan,CS 1,,,,\n'
    results = results_of(collected(tmp_path, CANVAS_NAMES, text), 35, 17.5, 1)
    some = record(*results[:-1]).model_copy(update={"ungraded": ("cleo.rar: no archive",)})
    filled = fill_sheet(some, "canvas", tmp_path / "sheet.csv", "9712", absent_zero=True)

    assert [row[6] for row in cells(filled.text)[3:]] == ["35", "17.5", "12", "EX", "0"]
    assert filled.told == [
        "0 for who handed in nothing: 1: Moe, Dan",
        "look whether one of them has what was not graded: 1",
        "lines without a mark, left as they are: 2: Roe, Zoé, Student, Test",
    ]


def test_canvas_gradebook_says_who_is_who(tmp_path: Path) -> None:
    found = collected(tmp_path, CANVAS_NAMES, CANVAS)

    who = [(one.learner, dict(one.terms.columns)["SIS Login ID"]) for one in found.submissions]
    assert who == [("doeanna_101", "anna1"), ("doeanna_102", "anna2"), ("roezoe", "zoe")]
    assert found.submissions[1].terms.extension == datetime.timedelta(hours=36)
    assert "late, as the platform says" in found.submissions[2].notes
    # Marks of other assignments are nobody's business here.
    assert "Essay (7)" not in dict(found.submissions[0].terms.columns)


@pytest.mark.parametrize("column", ["Retries (9712)", "retries", "9712"])
def test_canvas_gradebook_gets_the_marks_in_the_column_that_is_named(
    tmp_path: Path, column: str
) -> None:
    results = results_of(collected(tmp_path, CANVAS_NAMES, CANVAS), 50, 35, 20)
    filled = fill_sheet(record(*results), "canvas", tmp_path / "sheet.csv", column)

    before, after = cells(CANVAS), cells(filled.text)
    assert [row[6] for row in after] == [
        *("Retries (9712)", "Manual Posting", "50", "50", "35", "20", ""),
    ]
    for old, new in zip(before, after, strict=True):
        assert [*old[:6], old[7]] == [*new[:6], *new[7:]]
    # A column of ours would be an assignment of Canvas's.
    assert after[0][-1] == "Current Score"
    assert not filled.text.startswith("\ufeff")
    nobody = "lines without a mark, left as they are: 1: Student, Test"
    assert (filled.told, filled.missing) == ([nobody], [])
    assert filled.text.splitlines()[2].startswith("    Points Possible,")


@pytest.mark.parametrize(("points", "mark", "told"), [("20", "14", True), ("", "35", False)])
def test_mark_is_scaled_to_what_the_platforms_assignment_may_earn(
    tmp_path: Path, points: str, mark: str, told: bool
) -> None:
    text = CANVAS.replace("10,50,", f"10,{points},")
    results = results_of(collected(tmp_path, CANVAS_NAMES, text), 35, 35, 35)
    filled = fill_sheet(record(*results), "canvas", tmp_path / "sheet.csv", "9712")

    assert [row[6] for row in cells(filled.text)[3:]] == [mark] * 3 + [""]
    assert ("50 points are written as 20" in filled.told) == told


def test_who_is_excused_stays_so_and_who_is_unknown_is_named(tmp_path: Path) -> None:
    text = CANVAS.replace("CS 2,3,12", "CS 2,3,EX")
    results = results_of(collected(tmp_path, CANVAS_NAMES, text), 35, 35, 35)
    results.append(passed(learner="nobody"))
    filled = fill_sheet(record(*results), "canvas", tmp_path / "sheet.csv", "9712")

    assert cells(filled.text)[5][6] == "EX"
    assert [line.split(" ")[0] for line in filled.missing] == ["'roezoe'", "'nobody'"]


@pytest.mark.parametrize(
    ("learner", "columns"),
    [
        ("Roe, Zoé", {}),
        ("roezoe", {}),
        ("zoe", {}),
        ("s103", {}),
        ("roezoe_103", {}),
        ("a repository", {"SIS Login ID": "zoe"}),
        ("a repository", {"id": "103", "ID": "103"}),
        ("a repository", {"mail": "zoe", "group": "102"}),
    ],
)
def test_learner_of_any_roster_is_found_by_what_it_knows(
    tmp_path: Path, learner: str, columns: dict[str, str]
) -> None:
    (tmp_path / "sheet.csv").write_text(CANVAS, encoding="utf-8")
    theirs = passed(learner=learner, columns=columns, points=50, earned=50)
    filled = fill_sheet(record(theirs), "canvas", tmp_path / "sheet.csv", "9712")

    assert [row[6] for row in cells(filled.text)[3:]] == ["", "", "50", ""]


def test_namesakes_are_never_given_each_others_mark(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(CANVAS, encoding="utf-8")
    filled = fill_sheet(
        record(passed(learner="Doe, Anna")), "canvas", tmp_path / "sheet.csv", "9712"
    )

    assert [row[6] for row in cells(filled.text)[3:]] == ["", "", "12", ""]
    assert "or not alone" in filled.missing[0]
    other = record(passed(learner="x_103"))
    assert fill_sheet(other, "canvas", tmp_path / "sheet.csv", "9712").missing
    (tmp_path / "moodle.csv").write_text(MOODLE, encoding="utf-8")
    other = record(passed(learner="x", columns={"identifier": "s13"}))  # of another platform
    assert fill_sheet(other, "moodle", tmp_path / "moodle.csv", None).missing
    twice = record(passed(learner="zoe"), passed(learner="s103"))
    with pytest.raises(FormatError, match="'s103' and 'zoe' are on one line"):
        fill_sheet(twice, "canvas", tmp_path / "sheet.csv", "9712")


def test_several_katas_are_one_mark(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(CANVAS, encoding="utf-8")
    both = [passed(learner="zoe"), a_result(learner="zoe", kata="03_caching")]
    filled = fill_sheet(record(*both), "canvas", tmp_path / "sheet.csv", "9712")
    assert cells(filled.text)[5][6] == "37.5"

    missing = ungraded(learner="zoe", kata="03_caching")
    filled = fill_sheet(record(both[0], missing), "canvas", tmp_path / "sheet.csv", "9712")
    assert cells(filled.text)[5][6] == "12"


GITHUB = (
    '"identifier","github_username","github_id","name","extension"\n'
    '"s1","anna","1","",""\n"s2","ben-anna","2","","3d"\n"s3","cleo","3","",""\n"s4","","","",""\n'
)


def test_classrooms_roster_is_matched_to_repositories_that_end_with_the_owner(
    tmp_path: Path,
) -> None:
    names = ("retries-anna", "retries-ben-anna", "Cleo", "retries-zoe")
    found = collected(tmp_path, names, GITHUB)

    who = {one.learner: dict(one.terms.columns).get("identifier") for one in found.submissions}
    assert who == {
        "retries-anna": "s1",
        "retries-ben-anna": "s2",
        "Cleo": "s3",
        "retries-zoe": None,
    }
    assert [one.terms.extension.days for one in found.submissions] == [0, 0, 3, 0]
    assert any("'retries-zoe' is not in the roster" in line for line in found.told)


@pytest.mark.parametrize("text", [MOODLE, CANVAS, GITHUB], ids=["moodle", "canvas", "github"])
def test_platforms_list_without_its_download_says_what_to_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "sheet.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RosterError, match="name their folder too, 'dojo grade download/ --roster"):
        collect([], tmp_path / "sheet.csv", KATAS, [KATA], PARIS)


def test_roster_of_ones_own_is_no_platforms() -> None:
    heads = ("id;path;submitted", "Student;ID;Section;path", "name;id", "github_username;id;path")
    for head in heads:
        assert recognise(head.split(";")) is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    results = results_of(collected(tmp_path, CANVAS_NAMES, CANVAS), 50, 35, 20)
    (tmp_path / "results.json").write_text(record(*results).model_dump_json(), encoding="utf-8")
    (tmp_path / "moodle.csv").write_text(MOODLE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "canvas"], "--to canvas fills in canvas's own list: name --sheet"),
        (["--to", "canvas", "--sheet", "none.csv"], "the sheet 'none.csv' cannot be read"),
        (["--to", "canvas", "--sheet", "moodle.csv"], "is no list of Canvas: take 'Grades', 'Ex"),
        (["--to", "moodle", "--sheet", "sheet.csv"], "is no list of Moodle: take 'Download grad"),
        (["--to", "canvas", "--sheet", "sheet.csv"], "2 columns for marks: name one with --column"),
        (
            ["--to", "canvas", "--sheet", "sheet.csv", "--column", "Section"],
            "no column 'Section' for marks: name one with --column: 'Essay (7)', 'Retries (9712)'",
        ),
        (["--to", "gradebook", "--sheet", "sheet.csv"], "--sheet is for canvas and moodle, not"),
        (["--to", "gradebook", "--absent-zero"], "is for a whole class's --sheet"),
        (
            ["--to", "canvas", "--sheet", "sheet.csv", "--learner", "roezoe", "--absent-zero"],
            "--absent-zero is for a whole class's --sheet, without --learner",
        ),
    ],
)
def test_sheet_that_cannot_be_filled_is_refused_in_one_line(
    folder: Path, words: list[str], said: str
) -> None:
    done = CliRunner().invoke(app, ["export", "results.json", "out.csv", *words])

    assert (done.exit_code, said in done.output) == (Exit.USAGE, True), done.output
    assert not (folder / "out.csv").exists()


def test_command_fills_the_sheet_and_says_who_is_not_in_it(folder: Path) -> None:
    words = ["export", "results.json", "out.csv", "--to", "canvas", "--sheet", "sheet.csv"]
    done = CliRunner().invoke(app, [*words, "--column", "Retries"])
    assert (done.exit_code, done.stdout) == (Exit.DONE, ""), done.output

    (folder / "sheet.csv").write_text(CANVAS.replace("103", "105").replace("Roe", "Poe"))
    done = CliRunner().invoke(app, [*words, "--column", "Retries"])
    assert done.exit_code == Exit.DONE, done.output  # her login is the same
    (folder / "sheet.csv").write_text("".join(CANVAS.splitlines(keepends=True)[:5]))
    done = CliRunner().invoke(app, [*words, "--column", "Retries"])
    assert (done.exit_code, "'roezoe' is not in 'sheet.csv'" in done.stderr) == (5, True)
    assert (folder / "out.csv").exists()
