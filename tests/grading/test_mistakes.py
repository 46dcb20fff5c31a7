"""Wrong answers are recognised by what they do, and never on less than was measured."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.answers import answer_files, refusing_tests
from dojo.catalog.kata import Kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.export.cohort import cohort_page
from dojo.export.mistakes import (
    Planted,
    answer_digest,
    read_planted,
    read_signatures,
    recognise,
    signature_of,
)
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from tests.made_up_results import a_result, a_test, record, tampering

KATAS = load_catalog(ROOT)


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_every_wrong_answer_was_measured_as_it_is(kata: Kata) -> None:
    answers = {path.stem: path for path in answer_files(kata, "wrong")}
    measured = read_signatures(kata)
    digests = {name: one["answer"] for name, one in measured.items()}
    advice = f"'python -m benchmarks.signatures {kata.id}' measures what was changed"

    assert digests == {name: answer_digest(path) for name, path in answers.items()}, advice
    for name, path in answers.items():
        red = {test.split("[", 1)[0] for test in measured[name]["red"]}
        assert refusing_tests(path) <= red <= set(kata.tests), (name, advice)
    assert [one.name for one in read_planted(kata)] == sorted(answers)


def planted(name: str, *red: TestVerdict) -> Planted:
    tasks = frozenset(test.task for test in red if test.task is not None)
    return Planted(f"wrong_{name}", f"Who does {name}.", signature_of(red), tasks)


A, B, C = (a_test(f"test_{name}", 1, f"said {name}") for name in "abc")
OTHER_WORDS = a_test("test_a", 1, "said otherwise")
D = a_test("test_d", 2, "said d")
UNWRITTEN = a_test("test_d", 2, "nothing is written there", "stub")


@pytest.mark.parametrize(
    ("tests", "known", "expected"),
    [
        ([A, B], [planted("ab", A, B)], [("ab", (1,), 2, 2)]),
        ([A, B], [planted("a", A), planted("ab", A, B)], [("ab", (1,), 2, 2)]),
        ([A, B], [planted("abc", A, B, C)], []),
        ([A, B], [planted("a", A)], [("a", (1,), 2, 1)]),
        ([A, B, C], [planted("a", A)], []),
        ([A], [planted("one", A), planted("two", A)], [("one two", (1,), 1, 1)]),
        ([A], [planted("one", OTHER_WORDS), planted("two", A)], [("two", (1,), 1, 1)]),
        ([A, D], [planted("a", A), planted("d", D)], [("a", (1,), 1, 1), ("d", (2,), 1, 1)]),
        ([A, D], [planted("a", A), planted("ad", A, D)], [("ad", (1, 2), 2, 2)]),
        ([A], [planted("ad", A, D)], []),
        ([A, UNWRITTEN], [planted("d", D)], []),
        ([a_test("test_a", 1)], [planted("a", A)], []),
    ],
    ids=[
        "the same tests",
        "the same tests before fewer",
        "a test of the mistake is green",
        "half of the red tests",
        "less than half",
        "not to be told apart",
        "told apart by what they say",
        "each task by itself",
        "one mistake in two tasks",
        "half of a mistake",
        "not written",
        "nothing is red",
    ],
)
def test_mistake_is_recognised_by_its_red_tests(
    tests: list[TestVerdict], known: list[Planted], expected: list[Any]
) -> None:
    seen = [
        (
            " ".join(one.name.removeprefix("wrong_") for one in like.planted),
            like.tasks,
            like.red,
            like.shared,
        )
        for like in recognise(tests, known)
    ]

    assert seen == expected


def test_what_changes_from_run_to_run_makes_no_difference() -> None:
    one = a_test(
        "test_a", 1, "waited 1.384 s: <function f at 0x7f01> in /tmp/a1/retries.py, 2 times"
    )
    same = a_test(
        "test_a", 1, "waited 9.1234 s: <function g at 0x7f99> in /tmp/b2/retries.py, 2 times"
    )
    other = a_test(
        "test_a", 1, "waited 9.123 s: <function g at 0x7f99> in /tmp/b2/retries.py, 3 times"
    )

    assert signature_of([one]) == signature_of([same]) != signature_of([other])


def test_answer_that_was_changed_is_not_compared_with(tmp_path: Path) -> None:
    kata = KATAS[1]
    moved = kata.model_copy(update={"folder": tmp_path / "katas" / kata.id})
    shutil.copytree(kata.answers_folder, moved.answers_folder)
    answer_files(moved, "wrong")[0].write_text("raise RuntimeError\n", encoding="utf-8")

    assert len(read_planted(moved)) == len(read_planted(kata)) - 1


def test_page_names_the_mistake_and_says_how_sure_it_is() -> None:
    result = a_result(tests=(A, D), scenarios=())
    known = {"02_retries": [planted("forgets_it", A), planted("b", D), planted("c", D)]}
    page = cohort_page(record(result, a_result(learner="ben", tests=(OTHER_WORDS,))), known)

    assert "2: 02_retries, task 1: <b>forgets it</b>" in page
    assert "<bdi>anna</bdi>, <bdi>ben</bdi>" in page
    assert page.count("Who does forgets_it.") == 3
    assert "Task 1 behaves like this; the same tests are red and say the same:" in page
    assert "Task 1 behaves like this; the same tests are red:" in page
    assert "Task 2 behaves like one of these" in page
    assert "b</b> or <b>c" in page


def test_page_says_nothing_of_what_it_does_not_know() -> None:
    known = {"02_retries": [planted("a", a_test("test_first", 1, "said 1"))]}
    assert "behaves like" not in cohort_page(record(a_result(), tampering(learner="ben")), known)
    assert "behaves like" not in cohort_page(record(a_result(tests=(A,))))
