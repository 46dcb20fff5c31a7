"""A verdict counts what was seen, and survives the way through JSON."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import MOST_CHARACTERS, SCHEMA, KataVerdict, TestVerdict
from dojo.ground.endings import Ending


def said(test: str, task: int | None = 1, *, passed: bool = True) -> TestVerdict:
    cause = "passed" if passed else "assertion"
    return TestVerdict(test, task, passed, cause, "" if passed else "503 n'est pas « fini »", 0.25)


def verdict(*tests: TestVerdict, fault: str = "") -> KataVerdict:
    return KataVerdict("02_retries", "learner", tests, 1.5, fault)


@pytest.fixture
def kata() -> Kata:
    words = {"en": "a", "fr": "b"}
    hints = {"en": ["a", "b", "c"], "fr": ["a", "b", "c"]}
    task: dict[str, Any] = {"title": words, "points": 1, "hints": hints}
    return Kata.model_validate(
        {
            "number": 2,
            "slug": "retries",
            "track": "prefect",
            "needs": [],
            "title": words,
            "tasks": [{**task, "tests": ["test_a", "test_b"]}, {**task, "tests": ["test_c"]}],
            "folder": Path("katas/02_retries"),
        }
    )


A, B, C = said("test_a"), said("test_b"), said("test_c", 2)


@pytest.mark.parametrize(
    ("given", "solved"),
    [
        (verdict(A, B, C), True),
        (verdict(A, said("test_b", passed=False)), False),
        (verdict(), False),
        (verdict(A, fault="the run broke"), False),
    ],
    ids=["all_green", "one_red", "no_tests", "broken_run"],
)
def test_kata_is_solved_when_all_is_green(given: KataVerdict, solved: bool) -> None:
    assert given.solved is solved


def test_red_names_the_tests_not_green() -> None:
    red = said("test_b", passed=False)

    assert verdict(A, red, C).red == [red]


@pytest.mark.parametrize(
    ("given", "tasks"),
    [
        (verdict(A, B, C), [1, 2]),
        (verdict(A, said("test_b", passed=False), C), [2]),
        (verdict(A, C), [2]),
        (verdict(A, said("test_b[1]"), said("test_b[2]"), said("test_c", passed=False)), [1]),
        (verdict(A, said("test_b[1]"), said("test_b[2]", passed=False)), []),
        (verdict(A, B, C, said("test_unlisted", None, passed=False)), [1, 2]),
        (verdict(A, B, C, fault="the run broke"), []),
        (verdict(), []),
    ],
    ids=[
        "all_green",
        "one_red",
        "one_not_run",
        "all_parameters_green",
        "one_parameter_red",
        "unlisted_red",
        "broken_run",
        "nothing_ran",
    ],
)
def test_task_is_solved_by_all_its_tests(kata: Kata, given: KataVerdict, tasks: list[int]) -> None:
    assert given.solved_tasks(kata) == tasks


def test_verdict_survives_json() -> None:
    ended = dataclasses.replace(said("test_c", passed=False), ending=Ending("killed", -9))
    given = verdict(A, said("test_b[503]", None, passed=False), ended, fault="broken")

    assert KataVerdict.from_json(given.to_json()) == given


def test_verdict_written_before_there_were_endings_is_read() -> None:
    record = json.loads(verdict(A).to_json())
    assert record["tests"][0].pop("ending", None) is None

    assert KataVerdict.from_json(json.dumps(record)) == verdict(A)


RECORD = verdict(said("test_b", passed=False)).to_json()


def test_text_that_utf8_cannot_write_or_nobody_reads_is_kept_short_and_valid() -> None:
    given = TestVerdict("test_[\ud800]", 1, False, "assertion", "caf\udce9 " + "x" * 10**6, 0.1)

    assert given.test == "test_[\\ud800]"
    assert given.message.startswith("caf\\udce9 xxx")
    assert given.message.endswith("characters left out]")
    assert len(given.message) <= MOST_CHARACTERS
    back = KataVerdict.from_json(verdict(given, fault="\udce9").to_json())
    assert (back.tests, back.fault) == ((given,), "\\udce9")


def test_json_is_one_readable_line_with_schema() -> None:
    line = verdict(A, said("test_b", passed=False)).to_json()

    record = json.loads(line)
    assert (record["schema"], record["kata"], record["solved"]) == (SCHEMA, "02_retries", False)
    assert record["tests"][0]["test"] == "test_a"
    assert "« fini »" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", "not a verdict of schema 1: '{}'"),
        ("[]", "not a verdict of schema 1: '[]'"),
        ('{"schema": 99, "tests": []}', "not a verdict of schema 1"),
        ('{"schema": 1}', "not a verdict of schema 1: 'tests'"),
        (RECORD.replace('"kata"', '"colour": 1, "kata"'), "colour: Unexpected keyword argument"),
        ('{"schema": 1, "tests": [{}]}', "test: Field required"),
        (RECORD.replace("1.5", "NaN"), "NaN is no number"),
        (RECORD.replace("0.25", '"soon"'), "seconds: Input should be a valid number"),
        (RECORD.replace("0.25", "-1"), "seconds: Input should be greater than or equal to 0"),
        (RECORD.replace('"assertion"', '"Nonsense"'), "cause: Input should be 'passed'"),
        (RECORD.replace('"ending": null', '"ending": {"kind": "x"}'), "ending.kind: Input should"),
        (RECORD.replace('"503', '{"a": "503').replace('fini »"', 'fini »"}'), "message: Input"),
        ("Traceback", "Expecting value"),
    ],
    ids=[
        "no_schema",
        "list",
        "other_schema",
        "no_tests",
        "unknown_key",
        "bad_test",
        "seconds_that_are_none",
        "seconds_in_words",
        "seconds_before_the_start",
        "unknown_cause",
        "unknown_ending",
        "message_that_is_no_text",
        "no_json",
    ],
)
def test_other_text_is_no_verdict(line: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        KataVerdict.from_json(line)
