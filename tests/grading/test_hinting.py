"""Red tests of a learner's are told from what was measured, and from names where nothing was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.mistakes.hinting import known_mistakes
from dojo.mistakes.measures import Measures, digest_of_tests
from tests.terminal.test_progress import make_kata


@pytest.fixture
def kata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kata:
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("dojo.mistakes.measures.PACKAGED", tmp_path / "none.json")
    return make_kata(tmp_path)


def red(*names: str, cause: str = "assertion") -> KataVerdict:
    tests = [TestVerdict(name, "ab".index(name[5]) + 1, False, cause, "", 0.1) for name in names]
    green = [TestVerdict("test_b[9]", 2, True, "passed", "", 0.1)]
    return KataVerdict("01_demo", "learner", (*tests, *green), 0.1)


def measures(kata: Kata, **known: tuple[str, list[str]]) -> Measures:
    records = {
        name: {"of": "older", "said": said, "red": tests, "tests": digest_of_tests(kata)}
        for name, (said, tests) in known.items()
    }
    file = kata.root / "measures.json"
    file.write_text(json.dumps({"format": 1, "katas": {kata.id: records}}))
    return Measures(file)


def write_answer(kata: Kata, name: str, said: str, tests: str) -> None:
    kata.answers_folder.mkdir(parents=True, exist_ok=True)
    text = f'"""{said}\n\nRefused by: {tests}\n"""\n'
    (kata.answers_folder / f"wrong_{name}.py").write_text(text)


def test_measured_mistake_is_told_without_its_answer(kata: Kata) -> None:
    known = measures(kata, wrong_a=("Who takes 429 for final.", ["test_a[429]"]))
    told = known_mistakes(kata, known)
    assert told(red("test_a[429]"), 1) == ["Who takes 429 for final."]
    assert told(red("test_a[503]"), 1) == []
    assert told(red("test_a[429]"), 2) == []
    assert told(red("test_a[429]", cause="stub"), 1) == []


def test_measure_of_other_tests_or_an_older_one_is_not_used(kata: Kata) -> None:
    known = measures(kata, wrong_a=("Who takes 429 for final.", ["test_a"]))
    kata.test_file.write_text("# others\n")
    assert known_mistakes(kata, known)(red("test_a"), 1) == []
    file = kata.root / "measures.json"
    old = {"of": "older", "red": ["test_a"]}
    file.write_text(json.dumps({"format": 1, "katas": {kata.id: {"wrong_a": old}}}))
    assert known_mistakes(kata, Measures(file))(red("test_a"), 1) == []


def test_line_ends_of_a_checkout_change_no_digest(kata: Kata) -> None:
    before = digest_of_tests(kata)
    kata.test_file.write_bytes(kata.test_file.read_bytes().replace(b"\n", b"\r\n"))
    assert digest_of_tests(kata) == before
    kata.test_file.unlink()
    assert digest_of_tests(kata) == ""


def test_where_nothing_was_measured_names_of_tests_have_to_do(kata: Kata) -> None:
    write_answer(kata, "one", "Who counts from seven.", "test_a")
    write_answer(kata, "two", "Who counts down.", "test_b")
    told = known_mistakes(kata)
    assert told(red("test_a[1]", "test_a[2]"), 1) == ["Who counts from seven."]
    assert told(red("test_b[1]"), 2) == ["Who counts down."]


def test_what_many_mistakes_have_in_common_is_not_told(kata: Kata) -> None:
    for number in range(3):
        write_answer(kata, str(number), f"Mistake {number}.", "test_a")
    assert known_mistakes(kata)(red("test_a"), 1) == ["Mistake 0.", "Mistake 1.", "Mistake 2."]
    write_answer(kata, "3", "Mistake 3.", "test_a")
    assert known_mistakes(kata)(red("test_a"), 1) == []
