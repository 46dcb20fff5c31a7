"""What a result is worth, and that nobody else can have written it."""

from __future__ import annotations

import dataclasses
import datetime
import re
import sqlite3
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dojo.catalog.kata import find_kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.exam.marks import (
    Difference,
    ScenarioVerdict,
    TaskMark,
    gravest,
    mark_tasks,
    verdict_of_test,
)
from dojo.grading.lateness import LatePolicy, apply_lateness, best_attempts
from dojo.grading.results import MOST_OUTPUT, Binding, Result, Results, with_feedback
from dojo.grading.signing import KeyRefused, is_signed, read_key, sign, unsigned
from dojo.grading.store import Store
from dojo.ground.endings import Ending
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.learners import Terms
from dojo.intake.submission import Submission
from tests.junk import drawn

KATA = find_kata(load_catalog(PACKAGE_ROOT), "02")
KEY = b"0123456789abcdef0123456789abcdef"
NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.timezone.utc)


def green(*but: str) -> list[TestVerdict]:
    return [
        TestVerdict(name, KATA.task_number_of(name), name not in but, "passed", "told", 0.1)
        for name in KATA.tests
    ]


def scenario(*tasks: int, verdict: Any = "passed") -> ScenarioVerdict:
    difference = Difference(what="requests", seen="1", expected="4")
    return ScenarioVerdict(
        scenario="s", tasks=tasks, verdict=verdict, message="m", differences=(difference,)
    )


def result(**changes: Any) -> Result:
    fields: dict[str, Any] = {
        "learner": "anna",
        "kata": KATA.id,
        "source": "class/anna",
        "verdict": "wrong",
        "advice": "a",
        "points": 50,
        "earned": 40,
        "tests": tuple(green()),
        "scenarios": (scenario(1),),
        "binding": Binding(
            submission="s", kata="k", grader="g", lock="l", python="3", seed="1", level="strict"
        ),
    }
    return Result(**{**fields, **changes})


def test_task_says_what_its_mark_rests_on_and_older_ones_stay_as_they_were() -> None:
    grounds = {1: ("outside", "word"), 2: ("record", "word"), 3: ("word",), 4: ()}
    scenarios = [scenario(1), scenario(2), scenario(3, verdict="wrong"), scenario(4)]
    marks = mark_tasks(KATA, green(), scenarios, grounds)  # type: ignore[arg-type]

    # Of the third nothing counts, of the fourth nothing is said, of the fifth there are tests only.
    assert [one.is_own_word for one in marks] == [False, True, False, False, True]
    assert [one.model_dump().get("rests_on") for one in marks] == [
        *list(grounds.values())[:3],
        *[None] * 2,
    ]
    assert TaskMark.model_validate_json(marks[1].model_dump_json()) == marks[1]


def test_task_counts_where_both_judgements_agree() -> None:
    first = KATA.tasks[0].tests[0]
    scenarios = [scenario(1), scenario(2, verdict="wrong"), scenario(3), scenario(3)]
    marks = mark_tasks(KATA, green(first), scenarios)
    assert [(one.tests_passed, one.examined, one.earned) for one in marks] == [
        (False, "agrees", 0),
        (True, "differs", 0),
        (True, "agrees", 10),
        (True, "unexamined", 10),
        (True, "unexamined", 10),
    ]
    assert [one.judges_differ for one in marks] == [True, True, False, False, False]


@pytest.mark.parametrize("missing", ["all", "one", "one parameter"])
def test_test_that_was_not_green_everywhere_is_not_passed(missing: str) -> None:
    tests = [] if missing == "all" else green()[1:]
    if missing == "one parameter":
        name = KATA.tasks[0].tests[0]
        tests += [
            TestVerdict(f"{name}[a]", 1, True, "passed", "", 0.1),
            TestVerdict(f"{name}[b]", 1, False, "assertion", "", 0.1),
        ]
    assert not mark_tasks(KATA, tests, [])[0].counts


def test_unknown_tests_earn_nothing() -> None:
    tests = [TestVerdict(f"test_made_up_{i}", None, True, "passed", "", 0.1) for i in range(100)]
    assert sum(task.earned for task in mark_tasks(KATA, tests, [])) == 0


@pytest.mark.parametrize("message", ["", "was killed, came to no end, ended the: MemoryError"])
@pytest.mark.parametrize(
    ("cause", "ending", "verdict"),
    [
        ("stub", None, "wrong"),
        ("assertion", None, "wrong"),
        ("exception", None, "raised"),
        ("exception", Ending("memory"), "memory"),
        ("exception", Ending("output"), "raised"),
        ("exit", None, "exited"),
        ("exit", Ending("killed", -11), "crashed"),
        ("exit", Ending("exited", 3), "exited"),
        ("exit", Ending("stopped"), "exited"),
        ("import", None, "raised"),
        ("import", Ending("timeout", limit_s=5.0), "timeout"),
        ("import", Ending("exited"), "exited"),
        ("import", Ending("killed", -9), "crashed"),
        ("import", Ending("memory"), "memory"),
        ("hang", None, "timeout"),
        ("hang", Ending("timeout", limit_s=5.0), "timeout"),
        ("fixture", Ending("memory"), "grader-error"),
    ],
)
def test_cause_and_ending_of_a_test_are_a_verdict_whatever_its_text_says(
    cause: Any, ending: Ending | None, verdict: str, message: str
) -> None:
    test = TestVerdict("t", 1, False, cause, message, 0.1, ending=ending)

    assert verdict_of_test(test) == verdict


def test_gravest_word_is_the_verdict() -> None:
    assert gravest(["passed", "wrong", "timeout"]) == "timeout"
    assert gravest(["passed", "grader-error", "tampering"]) == "grader-error"
    assert gravest([]) == "grader-error"


@pytest.mark.parametrize("earned", [51, -1, float("nan"), float("inf")])
def test_impossible_mark_is_no_result(earned: float) -> None:
    with pytest.raises(ValidationError):
        result(earned=earned)


def test_result_survives_json_and_refuses_more() -> None:
    record = Results(feedback="full", results=(result(submitted=NOON),))
    assert Results.model_validate_json(record.model_dump_json()) == record
    with pytest.raises(ValidationError):
        Results.model_validate_json(record.model_dump_json().replace('"feedback"', '"more"'))
    with pytest.raises(ValidationError):
        Results.model_validate({**record.model_dump(), "schema_version": 2})


def test_record_says_nothing_that_cannot_be_written_read_and_printed() -> None:
    for text in (one for one in drawn(300) if isinstance(one, str)):
        difference = Difference(what=text, seen=text, expected=text)
        test = TestVerdict(f"test_x[{text}]", 1, False, "assertion", text, 0.1)
        told = ScenarioVerdict(
            scenario=text, tasks=(1,), verdict="wrong", message=text, differences=(difference,)
        )
        first = result(
            learner=text[:300],
            source=text[:300],
            advice=text,
            notes=(text,),
            tests=(test,),
            scenarios=(told,),
        )
        copied = result().model_copy(update=first.model_dump(exclude={"binding", "submitted"}))
        record = Results(feedback="full", results=(first, copied), ungraded=(text,))

        written = record.model_dump_json()
        assert len(written.encode()) < 400_000
        assert Results.model_validate_json(written) == record  # as it was signed
        assert unsigned(Results(feedback="full", results=(sign(first, KEY),)), KEY) == []
        assert copied == first
        for said in (first.learner, first.advice, first.source, first.scenarios[0].scenario):
            assert said.isprintable()
            assert not said.startswith("::")
        for said in (first.tests[0].message, first.scenarios[0].message, difference.seen):
            assert all(one.isprintable() for one in said.split("\n"))
            assert not re.search(r"(?m)^::|##\[", said)


def test_what_a_test_printed_is_kept_to_a_length() -> None:
    printed = dataclasses.replace(green()[0], output="\x1b[31m" + "x" * 100_000)
    kept = result(tests=(printed,)).tests[0].output

    assert kept.startswith("xxx")
    assert len(kept) < MOST_OUTPUT + 50
    assert kept.endswith("characters left out]")


def test_two_names_that_differ_stay_two() -> None:
    names = ["anna", "an\x1b[31mna", "an\x1bna", "an\u202ena", "an\nna", "an\udce9na", "an na"]

    assert len({result(learner=name).learner for name in names}) == len(names)
    assert result(learner="Zoë 日本 O'Hara-Łuka").learner == "Zoë 日本 O'Hara-Łuka"


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, "soon", None, {}])
def test_seconds_that_are_none_are_no_record(seconds: Any) -> None:
    for make in (
        lambda: result(seconds=seconds),
        lambda: result().model_copy(update={"seconds": seconds}),
        lambda: ScenarioVerdict(scenario="s", tasks=(1,), verdict="wrong", seconds=seconds),
        lambda: scenario(1).model_copy(update={"seconds": seconds}),
        lambda: TestVerdict("t", 1, False, "hang", "", seconds),
        lambda: dataclasses.replace(green()[0], seconds=seconds),
    ):
        with pytest.raises(ValidationError):
            make()


def test_copy_of_a_mark_is_as_good_as_the_first() -> None:
    mark = TaskMark(number=1, points=10, earned=0, tests_passed=False, examined="unexamined")

    assert mark.model_copy(update={"earned": 10}).earned == 10
    for bad in ({"earned": float("nan")}, {"earned": -1}, {"more": 1}, {"examined": "perhaps"}):
        with pytest.raises(ValidationError):
            mark.model_copy(update=bad)
    with pytest.raises(ValidationError):
        result().model_copy(update={"earned": 51})


@pytest.mark.parametrize(
    ("hours", "days", "earned"), [(-5, 0, 40), (0, 0, 40), (1, 1, 36), (24, 1, 36), (60, 3, 28)]
)
def test_late_days_come_from_the_submissions_own_date(hours: int, days: int, earned: int) -> None:
    policy = LatePolicy(deadline=NOON, percent_a_day=10)
    late = apply_lateness(result(submitted=NOON + datetime.timedelta(hours=hours)), policy)
    assert (late.late_days, late.earned) == (days, earned)


def test_nothing_is_late_without_a_date_and_no_mark_is_taken_off() -> None:
    policy = LatePolicy(deadline=NOON)
    undated = apply_lateness(result(), policy)
    assert undated == result(notes=("no date: lateness not judged",))
    assert apply_lateness(result(), LatePolicy()) == result()
    broken = result(verdict="grader-error", earned=None, submitted=NOON.replace(year=2027))
    assert apply_lateness(broken, policy).earned is None


PARIS = zoneinfo.ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("deadline", "submitted", "days"),
    [
        # In the night to the 25th the clocks of Paris are put back.
        ("2026-10-24T20:00", "2026-10-25T18:30+00:00", 1),
        ("2026-10-24T20:00", "2026-10-25T19:01+00:00", 2),
        # Both show 02:30 and 02:10, but the second one is 40 minutes later.
        ("2026-10-25T02:30", "2026-10-25T01:10+00:00", 1),
        # In the night to the 29th they are put forward.
        ("2026-03-28T20:00", "2026-03-29T18:00+00:00", 1),
        ("2026-03-28T20:00", "2026-03-29T18:01+00:00", 2),
    ],
)
def test_late_days_are_those_of_the_deadlines_clocks(
    deadline: str, submitted: str, days: int
) -> None:
    moment = datetime.datetime.fromisoformat(deadline).replace(tzinfo=PARIS)
    policy = LatePolicy(deadline=moment)
    assert policy.late_days(datetime.datetime.fromisoformat(submitted)) == days


@pytest.mark.parametrize(
    ("seconds", "days"), [(30, 0), (300, 0), (301, 1), (86_400 + 300, 1), (86_400 + 301, 2)]
)
def test_grace_is_given_before_each_late_day(seconds: int, days: int) -> None:
    policy = LatePolicy(deadline=NOON, grace_minutes=5)
    assert policy.late_days(NOON + datetime.timedelta(seconds=seconds)) == days


def test_learners_own_deadline_and_extension_are_taken_and_told() -> None:
    policy = LatePolicy(deadline=NOON)
    late = result(submitted=NOON + datetime.timedelta(days=2))
    three_days = Terms(extension=datetime.timedelta(days=3), columns=(("mail", "a@uni.example"),))
    extended = apply_lateness(late, policy, three_days)
    assert (extended.late_days, extended.earned) == (0, 40)
    assert extended.deadline == NOON + datetime.timedelta(days=3)
    assert extended.columns == {"mail": "a@uni.example"}
    earlier = apply_lateness(late, policy, Terms(NOON - datetime.timedelta(days=1)))
    assert (earlier.late_days, earlier.earned) == (3, 28)
    alone = apply_lateness(late, LatePolicy(), Terms(NOON))
    assert (alone.late_days, alone.deadline) == (2, NOON)
    without = apply_lateness(late, LatePolicy(), three_days)
    assert without.notes == ("an extension, and no deadline: lateness not judged",)


def test_extension_of_days_ends_at_the_same_time_of_day() -> None:
    deadline = datetime.datetime(2026, 10, 24, 20, tzinfo=PARIS)
    moved = Terms(extension=datetime.timedelta(days=1)).moved(deadline)
    assert moved is not None
    assert moved.astimezone(datetime.timezone.utc).hour == 19  # it was 18 before the change


def test_best_attempt_is_that_of_the_most_points_lateness_taken_off() -> None:
    said = [("a", 30.0), ("b", None), ("c", 35.0), ("d", 35.0), ("e", 0.0)]
    attempts = [result(source=source, earned=earned) for source, earned in said]
    other = result(learner="ben")
    (best, ben) = best_attempts([*attempts, other])
    assert (best.source, ben) == ("d", other)
    assert best.notes == ("of 5 attempts d is the best, not a (30), b (not graded), c (35), e (0)",)


def test_result_signed_before_there_were_terms_still_holds() -> None:
    written = sign(result(), KEY).model_dump_json()
    assert "deadline" not in written
    assert "columns" not in written
    with_terms = sign(result(columns={"mail": "a"}, deadline=NOON), KEY)
    back = Result.model_validate_json(with_terms.model_dump_json())
    assert back == with_terms
    assert is_signed(back, KEY)
    assert not is_signed(back.model_copy(update={"deadline": None}), KEY)


def test_lateness_takes_no_more_than_it_may() -> None:
    policy = LatePolicy(deadline=NOON, percent_a_day=10, at_most_percent=30)
    assert policy.reduce(40, 99) == 28


def test_feedback_says_no_more_than_it_may() -> None:
    full = with_feedback(result(), "full")
    assert full == result()
    actual = with_feedback(result(), "actual-only")
    assert {test.message for test in actual.tests} == {""}
    assert [(one.seen, one.expected) for one in actual.scenarios[0].differences] == [("1", None)]
    none = with_feedback(result(), "none")
    assert (none.scenarios[0].differences, none.scenarios[0].message) == ((), "")
    assert none.earned == 40


def test_signature_tells_a_forged_result() -> None:
    signed = sign(result(), KEY)
    assert is_signed(signed, KEY)
    assert not is_signed(signed, KEY + b"x")
    assert not is_signed(signed.model_copy(update={"earned": 50.0}), KEY)
    assert not is_signed(result(), KEY)
    back = Results.model_validate_json(
        Results(feedback="full", results=(signed,)).model_dump_json()
    )
    assert unsigned(back, KEY) == []


def test_result_signed_before_there_were_endings_still_holds() -> None:
    record = Results(feedback="full", results=(sign(result(), KEY),)).model_dump_json()
    assert '"ending"' not in record  # as an older dojo wrote it
    assert unsigned(Results.model_validate_json(record), KEY) == []

    tests = (dataclasses.replace(green()[0], passed=False, ending=Ending("killed", -9)),)
    told = Results(feedback="full", results=(sign(result(tests=tests), KEY),)).model_dump_json()
    assert Results.model_validate_json(told).results[0].tests == tests
    assert unsigned(Results.model_validate_json(told), KEY) == []
    forged = Results.model_validate_json(told.replace("killed", "memory"))
    assert len(unsigned(forged, KEY)) == 1


def test_weak_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"secret\n")
    with pytest.raises(KeyRefused, match="openssl rand"):
        read_key(path)
    with pytest.raises(KeyRefused, match="cannot be read"):
        read_key(tmp_path / "none")


def test_store_keeps_what_still_holds(tmp_path: Path) -> None:
    one = Submission("anna", KATA, "a", b"x = 1\n")
    store = Store(tmp_path / "state.sqlite")
    seed = store.seed(None)
    store.keep(one, seed, "strict", result())
    store.close()
    store = Store(tmp_path / "state.sqlite")
    assert store.seed(None) == seed
    late = Submission("anna", KATA, "b", b"x = 1\n", submitted=NOON)
    assert store.find(late, seed, "strict") == result(source="b", submitted=NOON)
    changed = Submission("anna", KATA, "a", b"x = 2\n")
    assert store.find(changed, seed, "strict") is None
    assert store.find(one, "another", "strict") is None
    assert store.find(one, seed, "landlock") is None
    assert store.find(Submission("bob", KATA, "a", b"x = 1\n"), seed, "strict") is None
    store.close()


@pytest.mark.parametrize(
    "record",
    [
        "",
        "no",
        "{}",
        None,
        7,
        b"\xff\xfe",
        "[" * 100_000,
        result().model_dump_json().replace('"seconds":0.1', '"seconds":null'),
        result().model_dump_json().replace('"seconds":0.1', '"seconds":NaN'),
        result().model_dump_json().replace('"passed"', '"Nonsense"'),
        result().model_dump_json().replace("anna", "\\ud800"),
    ],
    ids=["none", "word", "empty", "null", "number", "bytes", "deep", "nan", "NaN", "cause", "half"],
)
def test_result_that_cannot_be_read_is_graded_again(record: Any, tmp_path: Path) -> None:
    one = Submission("anna", KATA, "a", b"x = 1\n")
    store = Store(tmp_path / "state.sqlite")
    store.keep(one, "1", "strict", result())
    with sqlite3.connect(tmp_path / "state.sqlite") as database:
        database.execute("UPDATE results SET record = CAST(? AS TEXT)", (record,))
    database.close()

    assert store.find(one, "1", "strict") is None
    store.keep(one, "1", "strict", result())
    assert store.find(one, "1", "strict") == result(source="a")
    store.close()


def test_earlier_result_takes_a_source_that_no_record_could_hold(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite")
    one = Submission("anna", KATA, "class/caf\udce9\x1b[31m", b"x = 1\n")
    store.keep(one, "1", "strict", result())

    found = store.find(one, "1", "strict")
    assert found is not None
    assert found.source == "class/caf\\udce9\\u001b[31m"
    assert found.model_dump_json()
    store.close()
