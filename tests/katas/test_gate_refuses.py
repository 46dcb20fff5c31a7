"""See that the gate catches every way a kata can be broken: run it on katas that are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GATE = Path(__file__).with_name("test_gate.py")

STUB = '''
def add_up(values: list[int]) -> int:
    """Add up all values."""
    raise NotImplementedError


def count(values: list[int]) -> int:
    """Count the values."""
    raise NotImplementedError
'''
REFERENCE = '''
def add_up(values: list[int]) -> int:
    """Add up all values."""
    return sum(values)


def count(values: list[int]) -> int:
    """Count the values."""
    return len(values)


if __name__ == "__main__":
    print(add_up([1, 2]))
'''
TESTS = """
def test_adds_all(solution):
    assert solution.add_up([1, 2]) == 3, "1 and 2 make 3"


def test_counts_all(solution):
    assert solution.count([5]) == 1, "there is one"
"""
WRONG = '''
"""Counts instead of adding.

Refused by: test_adds_all
"""


def add_up(values):
    return len(values)
'''
RIGHT = '''
"""A loop."""


def add_up(values):
    total = 0
    for value in values:
        total += value
    return total
'''
CATALOGUE = """
number = {number}
slug = "{slug}"
track = "prefect"
needs = []
[title]
en = "Sums"
fr = "Sommes"
[[tasks]]
points = 1
tests = ["test_adds_all"]
title = {{ en = "add", fr = "additionner" }}
[tasks.hints]
en = ["a", "b", "c"]
fr = ["a", "b", "c"]
[[tasks]]
points = 1
tests = ["test_counts_all"]
title = {{ en = "count", fr = "compter" }}
[tasks.hints]
en = ["a", "b", "c"]
fr = ["a", "b", "c"]
"""
LESSON = "# Sums\n\n```python\nsum([1])\n```\n"
FRENCH_LESSON = "# Sommes\n\n```python\nsum([1])\n```\n"

# What is changed in a healthy kata, and which tests of the gate must fail for it.
# `None` as content: the file is missing. `{slug}` is the kata's own.
FAULTS: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "test_green_on_stub": (
        {"katas/test_{slug}.py": TESTS.replace("solution.count([5]) == 1", "solution")},
        {"test_stub_is_red_for_a_reason_of_its_own"},
    ),
    "stub_does_not_import": (
        {"katas/{slug}.py": f"import nowhere\n{STUB}"},
        {"test_stub_is_red_for_a_reason_of_its_own"},
    ),
    "unknown_fixture": (
        {"katas/test_{slug}.py": TESTS.replace("counts_all(solution)", "counts_all(solutoin)")},
        {
            "test_stub_is_red_for_a_reason_of_its_own",
            "test_reference_is_green",
            "test_wrong_answer_is_refused_by_its_test",
            "test_right_answer_is_accepted",
        },
    ),
    "reference_is_red": (
        {"reference/{slug}.py": REFERENCE.replace("len(values)", "0")},
        {
            "test_reference_is_green",
            "test_right_answer_is_accepted",
            "test_wrong_answer_is_refused_by_its_test",
        },
    ),
    "wrong_answer_accepted": (
        {"answers/wrong_0.py": WRONG.replace("len(values)", "sum(values)")},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_another_test": (
        {"answers/wrong_0.py": WRONG.replace("test_adds_all", "test_counts_all")},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_breaks_another_task": (
        {"answers/wrong_0.py": WRONG + "\n\ndef count(values):\n    return 0\n"},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_no_test": (
        {"answers/wrong_0.py": WRONG.replace("Refused by: test_adds_all", "")},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_unknown_test": (
        {"answers/wrong_0.py": WRONG.replace("test_adds_all", "test_adds_all, test_it")},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_does_not_import": (
        {"answers/wrong_0.py": f"{WRONG}\nimport nowhere\n"},
        {"test_wrong_answer_is_refused_by_its_test"},
    ),
    "right_answer_refused": (
        {"answers/right_0.py": RIGHT.replace("total = 0", "total = 1")},
        {"test_right_answer_is_accepted"},
    ),
    "signatures_differ": (
        {"katas/{slug}.py": STUB.replace("count(values: list[int])", "count(values: list)")},
        {"test_stub_and_reference_promise_the_same"},
    ),
    "docstrings_differ": (
        {"katas/{slug}.py": STUB.replace("Count the values", "Count")},
        {"test_stub_and_reference_promise_the_same"},
    ),
    "lessons_differ_in_code": (
        {"katas/README.fr.md": FRENCH_LESSON.replace("[1]", "[2]")},
        {"test_both_lessons_show_the_same_code"},
    ),
    "lesson_lacks_a_section": (
        {"katas/README.fr.md": FRENCH_LESSON.replace("# Sommes", "Sommes")},
        {"test_both_lessons_show_the_same_code"},
    ),
    "lifts_an_unknown_law": (
        {"katas/kata.toml": "lifts = {{ weather = 'it rains where this kata runs' }}" + CATALOGUE},
        {"test_lifted_law_exists_and_has_a_reason"},
    ),
    "lifts_a_law_without_a_reason": (
        {"katas/kata.toml": "lifts = {{ seeds = 'no' }}" + CATALOGUE},
        {"test_lifted_law_exists_and_has_a_reason"},
    ),
    "answer_breaks_a_law": (
        {
            "answers/right_0.py": RIGHT.replace(
                "    total = 0", "    values.reverse()\n    total = 0"
            )
        },
        {"test_right_answer_is_accepted"},
    ),
    "extra_file": ({"katas/notes.txt": "?"}, {"test_kata_has_all_its_files"}),
    "stray_answer": ({"answers/wrnog_0.py": WRONG}, {"test_kata_has_all_its_files"}),
    "too_few_answers": ({"answers/wrong_7.py": None}, {"test_kata_has_enough_answers"}),
    "test_not_listed": (
        {"katas/test_{slug}.py": f"{TESTS}\n\ndef test_more(solution):\n    solution.count([])\n"},
        {"test_every_test_is_listed_under_a_task", "test_stub_is_red_for_a_reason_of_its_own"},
    ),
    "reference_shows_nothing": (
        {"reference/{slug}.py": REFERENCE.replace("print", "str")},
        {"test_reference_runs_by_itself"},
    ),
    "reference_leaves_a_file": (
        {"reference/{slug}.py": f"{REFERENCE}    open('left', 'w').close()\n"},
        {"test_reference_runs_by_itself"},
    ),
}


def make_kata(root: Path, number: int, slug: str, changes: dict[str, str | None]) -> str:
    """Write a healthy kata, then the changes; return its id."""
    kata = f"{number:02d}_{slug}"
    files: dict[str, str | None] = {
        "katas/kata.toml": CATALOGUE.format(number=number, slug=slug),
        "katas/README.md": LESSON,
        "katas/README.fr.md": FRENCH_LESSON,
        f"katas/{slug}.py": STUB,
        f"katas/test_{slug}.py": TESTS,
        f"reference/{slug}.py": REFERENCE,
        **{f"answers/wrong_{index}.py": WRONG for index in range(8 if number < 3 else 1)},
        **{f"answers/right_{index}.py": RIGHT for index in range(3 if number < 3 else 1)},
        **{name.format(slug=slug): text for name, text in changes.items()},
    }
    if slug.startswith("lifts"):
        files["katas/kata.toml"] = str(files["katas/kata.toml"]).format(number=number, slug=slug)
    for name, text in files.items():
        room, _, file = name.partition("/")
        folder = root / room / kata if room != "answers" else root / "reference" / kata / room
        folder.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / file).write_text(text, encoding="utf-8")
    return kata


def make_checkout(pytester: pytest.Pytester) -> Path:
    pytester.makeconftest('pytest_plugins = ["dojo.running.entry"]')
    pytester.makeini("[pytest]\naddopts = --import-mode=importlib\n")
    for file in (GATE, GATE.parents[1] / "proxies.py"):
        copy = pytester.path / file.relative_to(GATE.parents[2])
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return pytester.path


def failures(result: pytest.RunResult) -> set[tuple[str, str]]:
    """Return which tests of the gate failed, each with the kata it failed for."""
    found = set()
    for line in result.outlines:
        if match := re.match(r"FAILED tests/katas/test_gate\.py::(\w+)(?:\[(\d\d_[a-z_]+))?", line):
            found.add((match[1], match[2] or ""))
    return found


def test_gate_names_each_broken_kata_and_rule(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOJO_GATE_WHOLE", "1")
    root = make_checkout(pytester)
    make_kata(root, 1, "healthy", {})
    expected = set()
    faults = sorted(FAULTS.items(), key=lambda fault: fault[0] != "too_few_answers")
    for number, (slug, (changes, tests)) in enumerate(faults, start=2):
        kata = make_kata(root, number, slug, changes)
        expected |= {(test, kata) for test in tests}
        if number > 2:
            expected.add(("test_kata_has_enough_answers", kata))

    result = pytester.runpytest_subprocess("tests/katas/test_gate.py", "-q", "--tb=no")

    assert failures(result) == expected


@pytest.mark.parametrize("missing", ["README.md", "README.fr.md", "{slug}.py", "test_{slug}.py"])
def test_gate_misses_an_absent_file(pytester: pytest.Pytester, missing: str) -> None:
    root = make_checkout(pytester)
    kata = make_kata(root, 1, "lacking", {f"katas/{missing}": None})

    result = pytester.runpytest_subprocess(
        "tests/katas/test_gate.py", "-q", "--tb=no", "-k", "has_all_its_files"
    )

    assert failures(result) == {("test_kata_has_all_its_files", kata)}


def git(*words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


FILLED = {
    "solved": REFERENCE,
    "half": STUB.replace("raise NotImplementedError", "return sum(values)", 1),
    "other_signature": STUB.replace("values", "numbers"),
    "broken_syntax": "def add_up(values: list[int]\n",
    "not_text": "\0",
    "removed": None,
}


@pytest.mark.parametrize("how", FILLED)
def test_gate_proves_the_stub_that_was_handed_out(pytester: pytest.Pytester, how: str) -> None:
    root = make_checkout(pytester)
    make_kata(root, 1, "healthy", {})
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "hand out")
    folder = root / "katas" / "01_healthy"
    (folder / "notes.txt").write_text("mine")
    (folder / "healthy.py").unlink()
    if (text := FILLED[how]) is not None:
        (folder / "healthy.py").write_text(text)

    result = pytester.runpytest_subprocess("tests/katas/test_gate.py", "-q", "-k", "stub or files")

    assert failures(result) == set()
    assert result.parseoutcomes()["passed"] == 3


def test_gate_refuses_a_folder_without_a_kata(pytester: pytest.Pytester) -> None:
    root = make_checkout(pytester)
    make_kata(root, 1, "healthy", {})
    (root / "reference" / "07_forgotten").mkdir()

    result = pytester.runpytest_subprocess(
        "tests/katas/test_gate.py", "-q", "--tb=no", "-k", "catalogue_reads"
    )

    assert failures(result) == {("test_catalogue_reads_and_nothing_is_left_over", "")}


def test_gate_refuses_an_unreadable_kata(pytester: pytest.Pytester) -> None:
    root = make_checkout(pytester)
    make_kata(root, 1, "healthy", {"katas/kata.toml": "number = 1\n"})

    result = pytester.runpytest_subprocess("tests/katas/test_gate.py", "-q", "--tb=line")

    assert failures(result) == {("test_catalogue_reads_and_nothing_is_left_over", "")}
    result.stdout.fnmatch_lines(["*01_healthy/kata.toml: 'slug' is missing*"])
