"""The page on a cohort says all of it, and nothing on it is anybody else's markup."""

from __future__ import annotations

import collections
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import find_kata, load_catalog
from dojo.cli.door import app
from dojo.exam.marks import ScenarioVerdict
from dojo.export.cohort import cohort_page
from dojo.grading.results import ByHand, Result, with_feedback
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import UNTOUCHED
from dojo.mistakes.measures import Measures, describe_missing
from tests.made_up_results import (
    HOSTILE,
    NOON,
    a_result,
    a_task,
    a_test,
    hostile,
    passed,
    record,
    ungraded,
)
from tests.replay.made_up import retried, story


class Page(HTMLParser):
    """Counts elements, keeps attributes and text."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: collections.Counter[str] = collections.Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    harmless = Page(cohort_page(record(hostile("x"), ungraded=("x",))))
    page = Page(cohort_page(record(hostile(text), ungraded=(text,))))

    assert page.tags == harmless.tags
    assert page.attributes == harmless.attributes
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2028\u2066\u2069\ud800]", page.text)


def test_page_needs_nothing_from_elsewhere_and_no_script() -> None:
    page = Page(cohort_page(record(a_result(), passed(learner="ben"))))
    links = [value for name, value in page.attributes if name in ("href", "src", "action")]

    assert not page.tags.keys() & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert links
    assert all(re.fullmatch(r"#r\d+", link or "") for link in links)
    ids = {value for name, value in page.attributes if name == "id"}
    assert {(link or "")[1:] for link in links} == ids
    assert any("default-src 'none'" in (value or "") for _, value in page.attributes)
    assert not re.search(r"url\(|@import|https?:", cohort_page(record(a_result())))


def test_page_shows_marks_and_never_a_zero_for_the_graders_failure() -> None:
    text = Page(
        cohort_page(record(a_result(late_days=2), passed(learner="ben"), ungraded(learner="cleo")))
    ).text

    assert "3 learners, 3 results: 1 wrong, 1 passed, 1 grader-error." in text
    assert "10/20wrong, 2 d late" in text
    assert "?/20grader-error" in text
    assert "1 could not be graded" in text
    assert "1 of 3" in text


def test_mark_by_hand_is_shown_as_such_where_marks_are() -> None:
    by_hand = ByHand(earned=15, reason="shown at the table", computed=0)
    text = Page(cohort_page(record(a_result(earned=15, by_hand=by_hand)))).text

    assert "15/20wrong, set by hand" in text
    assert "15 of 20, wrong, set by hand" in text


def test_untouched_stub_is_shown_as_such_where_marks_are() -> None:
    page = cohort_page(record(a_result(earned=0, notes=(UNTOUCHED,))))
    assert "0/20wrong, untouched" in Page(page).text


def test_learners_stand_where_their_names_are_looked_for() -> None:
    names = ("Zoé", "eve", "Élodie", "Dan")
    page = cohort_page(record(*(passed(learner=one) for one in names)))
    rows = re.findall(r"<tr><th scope=row>([^<]+)</th><td>\d", page.split("Tasks by learners")[0])
    assert rows == ["Dan", "Élodie", "eve", "Zoé"]


def test_paper_has_the_colours_for_white_whatever_the_screen() -> None:
    style = cohort_page(record(passed())).split("<style>")[1].split("</style>")[0]
    light = re.findall(r"--\w+: #\w+(?=;)", style.split("@media")[0])
    dark, paper = style.index("prefers-color-scheme: dark"), style.index("@media print")

    assert dark < paper  # the later rule is the one that holds
    assert set(re.findall(r"--\w+: #\w+(?=;)", style[paper:])) == set(light) - {"--line: #8884"}


def test_failures_are_counted_a_learner_and_each_message_is_said_once() -> None:
    tests = (a_test("test_x[a]", 1, "one way"), a_test("test_x[b]", 1, "other way"))
    many = [a_result(learner=f"l{i:02d}", tests=tests, scenarios=()) for i in range(15)]
    odd = a_result(learner="z", tests=(a_test("test_x[a]", 1, "her way"),), scenarios=())
    fine = passed(learner="fine", tests=(a_test("test_x[a]", 1),), scenarios=())
    written = cohort_page(record(odd, fine, *many))
    section = written.split("What failed most")[1].split("Every result")[0]

    assert "16 of 17: 02_retries <b>test_x</b>" in section
    assert section.count("<pre>") == 2
    assert section.index("one way") < section.index("her way")
    assert "<bdi>l11</bdi> and 3 more" in section


def test_judgements_that_differ_are_marked() -> None:
    differing = a_result().tasks[1].model_copy(update={"tests_passed": True})
    text = Page(cohort_page(record(a_result(tasks=(a_result().tasks[0], differing))))).text

    assert "In 1 results the tests and the examination contradict" in text
    assert "10/20 ≠" in text


def test_report_writes_the_page(tmp_path: Path) -> None:
    source, page = tmp_path / "results.json", tmp_path / "page.html"
    results = record(a_result())
    source.write_text(results.model_dump_json())
    done = CliRunner().invoke(app, ["report", str(source), "--out", str(page)])

    assert done.exit_code == Exit.DONE
    unknown = describe_missing([find_kata(load_catalog(PACKAGE_ROOT), "02")], Measures())
    assert page.read_text(encoding="utf-8") == cohort_page(results, unknown=unknown)


def test_empty_record_is_a_page_too() -> None:
    assert "0 learners, 0 results: none." in cohort_page(record())


def class_of(count: int) -> list[Result]:
    late = {1: 2}
    return [
        passed(learner=f"l{number:03d}", late_days=late.get(number, 0), earned=number % 21)
        for number in range(count)
    ]


def test_shares_of_the_points_are_counted_in_ten_steps() -> None:
    written = cohort_page(record(*class_of(21)))
    bars = re.findall(r"<rect [^>]*></rect><text [^>]*>(\d*)</text><text [^>]*>([\d-]+ %)", written)

    assert [label for _, label in bars] == [f"{10 * n}-{10 * n + 10} %" for n in range(10)]
    assert [int(count) for count, _ in bars] == [2] * 9 + [3]
    assert "<svg" not in cohort_page(record(passed()))
    assert "<svg" not in cohort_page(record(passed(), ungraded(learner="ben")))


def test_learners_are_named_in_the_order_of_their_points() -> None:
    written = cohort_page(record(*class_of(21)))
    where = written.split("Who, least points first")[1].split("</ul>")[0]
    names = re.findall(r'href="#r(\d+)"><bdi>(l\d+)</bdi>', where)

    assert names == [(str(number + 1), f"l{number:03d}") for number in range(21)]
    assert re.findall(r"<b>([\d-]+ %)</b>", where)[0] == "0-10 %"


def test_each_task_of_each_learner_has_its_sign_and_each_task_its_count() -> None:
    unsure = a_task(2, solved=False).model_copy(update={"examined": "agrees"})
    cleo = a_result(learner="cleo", tasks=(a_task(1), unsure))
    dan = a_result(learner="dan", kata="05_parameters")
    written = cohort_page(record(a_result(), cleo, dan))
    table = written.split("Tasks by learners")[1].split("</table>")[0]
    signs = {
        row.split("</th>")[0]: "".join(re.findall(r"<td[^>]*>(.)</td>", row))
        for row in table.split("<th scope=row>")[1:]
    }

    assert signs == {"anna": "●○··", "cleo": "●≠··", "dan": "··●○", "solved by": "2010"}
    assert "task 2 (tests red, examination agrees)" in written


def test_what_marks_rest_on_is_said_once_a_kata() -> None:
    firm = a_task(1).model_copy(update={"rests_on": ("outside", "word")})
    own = a_task(2).model_copy(update={"rests_on": ("record", "word")})
    anna, ben = (passed(learner=one, tasks=(firm, own)) for one in ("anna", "ben"))
    written = cohort_page(record(anna, ben))
    table = written.split("What the marks rest on")[1].split("</table>")[0]

    assert re.findall(r"<td>([^<]*)</td>", table) == ["1", "-", "2", "1, 2"]
    assert written.count("What the marks rest on") == 1
    assert "<td class=good>●</td><td class=part>◐</td>" in written
    assert "What the marks rest on" not in cohort_page(record(passed()))


def test_large_class_is_parted_and_a_class_of_forty_is_not() -> None:
    forty, many = (cohort_page(record(*class_of(count))) for count in (40, 130))

    assert "learners 1 to" not in forty
    parts = re.findall(r"<details class=page( open)?><summary>(learners \d+ to \d+ of 130)", many)
    assert parts == [
        (" open", "learners 1 to 50 of 130"),
        ("", "learners 51 to 100 of 130"),
        ("", "learners 101 to 130 of 130"),
    ] * 2 + [("", which) for _, which in parts[:3]]
    assert many.count('<details id="r') == 130
    assert "51 to 100 of 130: <bdi>l050</bdi> to <bdi>l099</bdi>" in many


def test_who_was_late_or_had_more_time_is_listed() -> None:
    own = passed(learner="ben", deadline=NOON)
    undated = passed(learner="dan", notes=("no date: lateness not judged",))
    text = Page(
        cohort_page(record(a_result(late_days=2), own, undated, passed(learner="eve")))
    ).text
    late = text.split("Late, or with more time")[1].split("Every result")[0]

    assert "anna 02_retries: days late: 2" in late
    assert "ben 02_retries: own deadline 2026-05-01 12:00" in late
    assert "dan 02_retries: no date" in late
    assert "eve" not in late
    assert "Late, or" not in cohort_page(record(passed()))


def test_replay_of_a_failed_scenario_is_drawn_behind_a_click() -> None:
    told = story(retried(1, 0, 60, name="<b>load"), test="lasts").to_json()
    scenarios = tuple(
        ScenarioVerdict(scenario=name, tasks=(2,), verdict="wrong", replay=line)
        for name, line in (("lasts", told), ("damaged", "{"), ("heals", told))
    )
    written = cohort_page(record(a_result(scenarios=scenarios)))
    page = Page(written)
    ids = [value for name, value in page.attributes if name == "id" and "skipped" in (value or "")]

    assert page.tags["svg"] == len(ids) == len(set(ids)) == 2
    assert "replay of lasts" in page.text
    assert "<b>load: the engine waits 60 s" in " ".join(v or "" for _, v in page.attributes)
    assert "<b>load" not in written
    assert not {"href", "src"} & {name for name, value in page.attributes if "//" in (value or "")}


def test_replay_is_left_out_of_feedback_that_says_marks_only() -> None:
    told = story(retried(1, 0, 60)).to_json()
    one = ScenarioVerdict(scenario="lasts", tasks=(2,), verdict="wrong", replay=told)

    assert with_feedback(a_result(scenarios=(one,)), "none").scenarios[0].replay == ""
    assert "replay" not in one.model_copy(update={"replay": ""}).model_dump()
