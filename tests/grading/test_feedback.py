"""What is sent back to a learner is theirs alone, harmless, and says no more than it may."""

from __future__ import annotations

import dataclasses
import html.parser
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import load_catalog
from dojo.cli.door import app
from dojo.export.feedback import feedback_mail, feedback_page, file_name
from dojo.export.sheets import Worth
from dojo.grading.results import ByHand, Results, with_feedback
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import UNTOUCHED
from tests.made_up_results import HOSTILE, NOON, a_result, hostile, passed, ungraded, unreadable

KATAS = {kata.id: kata for kata in load_catalog(PACKAGE_ROOT)}
WRITERS = {"html": feedback_page, "md": feedback_mail}


class Tags(html.parser.HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_learner_reads_marks_tasks_and_messages_in_the_language_asked_for(write: Any) -> None:
    by_hand = ByHand(earned=15, reason="shown at the table", computed=10)
    theirs = [a_result(late_days=2, deadline=NOON, by_hand=by_hand, earned=15)]
    english, french = (write(theirs, KATAS, language) for language in ("en", "fr"))

    title = KATAS["02_retries"].tasks[1].title
    at, le = "2026-05-01 12:00", "01/05/2026 à 12:00"
    for page, words in (
        (english, ["15 of 20 points", "days counted: 2", "shown at the table", title.en, at]),
        (french, ["15 points sur 20", "jours comptés : 2", "shown at the table", title.fr, le]),
    ):
        read = html.unescape(page)
        assert [word for word in words if word not in read] == []
        assert "said 1, expected 4" in read
    # The mark by hand first; then what was graded.
    assert "15 of 20 points: the mark was set by hand: shown at the table" in html.unescape(english)
    assert "without it 10 of 20 points: " in html.unescape(english)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_all_checks_say_is_said_once(write: Any) -> None:
    one = a_result()
    said = {"passed": False, "cause": "exception", "message": "No module named 'fetch'"}
    red = [dataclasses.replace(test, **said) for test in one.tests] * 3
    page = html.unescape(write([one.model_copy(update={"tests": tuple(red)})], KATAS, "en"))

    assert page.count("No module named 'fetch'") == 1
    assert page.count("the same as above") == len(red) - 1


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_learner_reads_what_lateness_took_off(write: Any) -> None:
    theirs = [a_result(late_days=2, earned=8)]
    english, french = (html.unescape(write(theirs, KATAS, one)) for one in ("en", "fr"))

    assert "on 2026-05-01 12:00+02:00: days counted: 2; points taken off: 2" in english
    assert "le 01/05/2026 à 12:00 (UTC+02:00) ; jours comptés : 2 ; points retirés : 2" in french


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_mark_is_said_of_what_the_platforms_assignment_may_earn_too(write: Any) -> None:
    theirs = [a_result(earned=8.5), passed(kata="05_parameters", earned=20)]
    page = html.unescape(write(theirs, KATAS, "fr", Worth(points=60, there=20)))

    assert "8,5 points sur 20" in page
    assert "En tout : 28,5 points sur 40" in page
    assert "Dans le carnet de notes de votre plateforme : 9,5 sur 20" in page


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_learner_who_handed_in_the_stub_reads_that_alone(write: Any) -> None:
    page = html.unescape(write([a_result(notes=(UNTOUCHED,))], KATAS, "en"))

    assert "you handed in the file as it was handed out: was yours saved?" in page
    assert "said 1, expected 4" not in page
    assert "Task 2" in page


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_learner_reads_nothing_of_others_nor_of_the_grader(write: Any) -> None:
    notes = ("the same file as ben", "left out: conftest.py")
    page = write([a_result(notes=notes, source="class/ben-and-anna")], KATAS, "en")

    assert [word for word in ("ben", "conftest", "seed", "walls") if word in page] == []


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_learner_reads_no_more_than_the_level_says(write: Any) -> None:
    less = write([with_feedback(a_result(), "actual-only")], KATAS, "en")
    none = write([with_feedback(a_result(), "none")], KATAS, "en")

    assert "requests made: seen 1" in less
    assert "expected 4" not in less
    assert "what it said is not told" in less
    assert "requests made" not in none
    assert "10 of 20 points" in none


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("result", [ungraded(), unreadable()], ids=["ungraded", "unreadable"])
def test_learner_without_a_grading_reads_why(write: Any, result: Any) -> None:
    page = html.unescape(write([result], KATAS, "en"))

    said = "by no fault of yours" if result.earned is None else result.advice
    assert page.replace("\\", "").count(said) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_page_and_mail_hold_no_markup_of_a_submission(text: str) -> None:
    result = hostile(text)
    known = Tags(feedback_page([a_result(learner="a", late_days=1)], KATAS, "en"))
    page = Tags(feedback_page([result], KATAS, "en"))
    mail = feedback_mail([result], KATAS, "en")

    assert page.tags <= known.tags
    assert page.attributes <= known.attributes
    lines = [line for line in mail.splitlines() if not line.startswith("    ")]
    assert not any(re.search(r"(?<!\\)[<\[`]", line) for line in lines)


def test_each_learner_gets_a_file_of_their_own_that_every_system_can_have() -> None:
    taken: set[str] = set()
    names = ["anna", "Anna", "../../etc/passwd", "con/..", "", "é" * 300, "a\nb", "..", ".", "-x"]
    files = [file_name(name, taken) for name in names]

    assert len({one.casefold() for one in files}) == len(files)
    assert all(re.fullmatch(r"[\w@+-][\w.@+-]{0,90}", one) for one in files)


def test_command_writes_a_file_a_learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    results = (a_result(), passed(kata="05_parameters"), a_result(learner="Zoé"))
    record = Results(feedback="full", results=results)
    Path("results.json").write_text(record.model_dump_json(), encoding="utf-8")

    def dojo(*words: str) -> Any:
        return CliRunner().invoke(app, ["feedback", "results.json", *words])

    assert dojo().exit_code == Exit.DONE
    assert sorted(one.name for one in Path("feedback").iterdir()) == ["Zoé.html", "anna.html"]
    told = dojo("--to", "md", "--feedback", "none", "--lang", "fr", "--learner", "anna")
    assert told.exit_code == Exit.DONE
    mail = Path("feedback/anna.md").read_text(encoding="utf-8")
    assert "En tout : 30 points sur 40" in mail
    assert "said 1" not in mail
    assert dojo("--worth", "20", "--learner", "anna").exit_code == Exit.DONE
    # Of all katas of the class, as the platform's own list gets it.
    assert "gradebook: 15 of 20" in html.unescape(Path("feedback/anna.html").read_text())
    for words, said in (
        (["--to", "pdf"], "it may be 'html', 'md'"),
        (["--lang", "de"], "it may be 'en', 'fr'"),
        (["--learner", "nobody"], "no result of 'nobody'"),
        (["--out", "results.json"], "cannot be written"),
        (["--worth", "0"], "--worth 0 is no mark: write what is full, such as 20"),
        (["--worth", "nan"], "--worth nan is no mark"),
    ):
        done = dojo(*words)
        assert (done.exit_code, said in done.output) == (Exit.USAGE, True), done.output
