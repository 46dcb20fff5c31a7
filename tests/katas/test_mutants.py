"""Mutants: which are made of a reference, which are drawn, which live on, and what is said."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.author.mutants.draw import draw
from dojo.author.mutants.judging import naming_tests
from dojo.author.mutants.making import Mutant, mutants_of
from dojo.author.mutants.survivors import CannotRead, read_survivors, survivors_file
from dojo.catalog.kata import Kata, read_kata
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.sandbox.walls import missing_for
from tests.katas.made_up import REFERENCE, STUB, make_checkout, make_kata

needs_walls = pytest.mark.skipif(bool(missing_for("landlock")), reason=missing_for("landlock"))

OF_STUB = "def work(*a, **k):\n    '''Do it.'''\n    raise NotImplementedError\n"


def kata_with(root: Path, reference: str, stub: str = OF_STUB, **more: str) -> Kata:
    """Make a kata with this reference, which its tests do not fit."""
    changes: dict[str, str | None] = {
        "katas/{slug}.py": stub,
        "reference/{slug}.py": reference,
        **{f"katas/{name}": text for name, text in more.items()},
    }
    name = make_kata(make_checkout(root), 1, "sums", changes)
    return read_kata(root / "katas" / name)


def ids(root: Path, reference: str, stub: str = OF_STUB) -> list[str]:
    """Return the ids of all mutants of a reference."""
    return [one.id for one in mutants_of(kata_with(root, reference, stub))]


CHANGES = {
    "whole_number": ("return 3", ["constant: 3 -> 4", "constant: 3 -> 2"]),
    "zero": ("return 0", ["constant: 0 -> 1"]),
    "fraction": ("return 0.5", ["constant: 0.5 -> 1.0"]),
    "truth": ("return True", ["constant: True -> False"]),
    "text": ('return "a"', ['constant: "a" -> "XXa"']),
    "numbers_in_a_text": (
        'return "30 03 * * *"',
        ['constant: "30 03 * * *" -> "31 03 * * *"', 'constant: "30 03 * * *" -> "30 04 * * *"'],
    ),
    "f_string": (
        'return f"{a}-é{b}"',
        [
            "text: {a} -> nothing",
            "text: {b} -> nothing",
            'text: "-é" -> "XX-é"',
        ],
    ),
    "bound": ("return a < b", ["comparison: < of a < b -> <="]),
    "chain": (
        "return a <= b != c",
        ["comparison: <= of a <= b != c -> <", "comparison: != of a <= b != c -> =="],
    ),
    "membership": ("return a not in b", ["comparison: not in of a not in b -> in"]),
    "boolean": (
        "return a and not b",
        [
            "boolean: a and not b -> (a or (not b))",
            "boolean: a -> nothing",
            "boolean: not b -> nothing",
            "negation: not b -> b",
        ],
    ),
    "arithmetic": ("return a * b", ["arithmetic: * of a * b -> /"]),
    "no_arithmetic_on_texts": ("return a + []", []),
    "keyword": (
        "return f(a, x=b, y=None)",
        ["argument: f(x=b) -> nothing"],
    ),
    "what_nobody_sees": ('return f(encoding="utf-8", strict=True)', []),
    "truth_as_an_argument": ("return f(x=True)", ["constant: x=True -> x=False"]),
    "last_argument": ("return f(a, b)", ["argument: f(b) -> nothing"]),
    "last_argument_that_is_needed": ("return isinstance(a, b)", []),
    "unpacked_arguments": (
        "return f(*a, **b)",
        ["argument: f(*a) -> nothing", "argument: f(**b) -> nothing"],
    ),
    "called": ("return min(a)", ["call: min -> max"]),
    "elements": ("return [a, b]", ["element: a -> nothing", "element: b -> nothing"]),
    "entries": ("return {**a, b: c}", ["element: **a -> nothing", "element: b: c -> nothing"]),
    "slices": ("return a[:b]", ["slice: [:b] -> no b"]),
    "chosen": ("return a if b else c", ["branch: b -> (not b)"]),
    "comprehended": ("return [x for x in a if x]", ["branch: x -> True"]),
    "branch": ("if a:\n        b()", ["branch: a -> (not a)", "statement: b() -> nothing"]),
    "branch_of_a_comparison": (
        "if a == b:\n        c = 1\n    return c",
        [
            "comparison: == of a == b -> !=",
            "statement: c = 1 -> nothing",
            "constant: 1 -> 2",
            "constant: 1 -> 0",
        ],
    ),
    "early_return": (
        "if a:\n        return\n    b()",
        ["branch: a -> (not a)", "statement: return -> nothing", "statement: b() -> nothing"],
    ),
    "name_given_anew": ("a = b\n    return a", ["statement: a = b -> nothing"]),
    "name_given_first": ("z = b\n    return z", []),
    "attribute": ("a.b = c", ["statement: a.b = c -> nothing"]),
    "context": (
        "with a(), b as c:\n        c()",
        ["context: a() -> nothing", "statement: c() -> nothing"],
    ),
    "handler": (
        "try:\n        b()\n    except KeyError:\n        raise",
        [
            "statement: b() -> nothing",
            "handler: except KeyError -> Exception",
            "statement: raise -> nothing",
        ],
    ),
    "loop": (
        "for x in a:\n        if x:\n            break",
        ["branch: x -> (not x)", "statement: break -> nothing"],
    ),
    "words_of_an_error": (
        'raise KeyError(f"no {a}{b}", "c", 3)',
        [
            'statement: raise KeyError(f"no {a}{b}", "c", 3) -> nothing',
            "argument: KeyError(3) -> nothing",
            "text: {a} {b} -> nothing",
            "constant: 3 -> 4",
            "constant: 3 -> 2",
        ],
    ),
    "words_of_a_log": (
        'logger.info("said %s", a)',
        ['statement: logger.info("said %s", a) -> nothing', "argument: logger.info(a) -> nothing"],
    ),
    "docstring": ('"""Say 3."""', []),
}


@pytest.mark.parametrize("what", CHANGES)
def test_operators_change(tmp_path: Path, what: str) -> None:
    body, changes = CHANGES[what]

    found = ids(tmp_path, f"def work(a, b, c):\n    {body}\n")

    assert found == [f"work: {change}" for change in changes]


def test_decorators_and_defaults_are_changed_too(tmp_path: Path) -> None:
    reference = "@task(retries=3)\n@final\ndef work(a, b=x, *, c=2):\n    return a\n"

    assert ids(tmp_path, reference) == [
        "@work: decorator: @task(retries=3) -> nothing",
        "@work: argument: task(retries=3) -> nothing",
        "@work: constant: retries=3 -> retries=4",
        "@work: constant: retries=3 -> retries=2",
        "@work: decorator: @final -> nothing",
        "work: default: b=x -> nothing",
        "work: default: b=x -> None",
        "work: default: c=2 -> nothing",
        "work: default: c=2 -> 3",
        "work: default: c=2 -> 1",
    ]


def test_await_is_left_out(tmp_path: Path) -> None:
    assert ids(tmp_path, "async def work():\n    return await f()\n") == [
        "work: await: await f() -> f()"
    ]


def test_what_a_class_says_is_changed(tmp_path: Path) -> None:
    reference = (
        "class Work(Base, extra='no'):\n    config = Dict(extra=x)\n    size: int = 3\n"
        "    def go(self):\n        return self.size\n"
    )

    assert ids(tmp_path, reference, reference.replace("3", "4").replace("'no'", "''")) == [
        "Work: constant: 'no' -> \"XXno\"",
        "Work: default: size: int = 3 -> nothing",
        "Work: constant: 3 -> 4",
        "Work: constant: 3 -> 2",
    ]


def test_only_what_annotations_call_is_changed(tmp_path: Path) -> None:
    reference = "def work(a: Annotated['int', Field(ge=1)], b: 'c') -> 'str':\n    return a\n"

    assert ids(tmp_path, reference) == [
        "work: argument: Field(ge=1) -> nothing",
        "work: constant: ge=1 -> ge=2",
        "work: constant: ge=1 -> ge=0",
    ]


def test_what_nobody_calls_or_was_given_is_left_alone(tmp_path: Path) -> None:
    given = "def given():\n    '''Say so.'''\n    return 1\n"
    reference = (
        f"__all__ = ['work']\nSIZE = 7\nSHOWN = 8\n{given.replace('Say so', 'Said')}"
        "def work():\n    return _helper(SIZE)\n"
        "def _helper(size):\n    return size\n"
        "def _demo():\n    return work(SHOWN)\n"
        "if __name__ == '__main__':\n    _demo()\n"
    )

    assert ids(tmp_path, reference, f"{OF_STUB}\n{given}") == [
        "SIZE: constant: 7 -> 8",
        "SIZE: constant: 7 -> 6",
    ]


def test_what_tests_only_call_alike_is_left_alone(tmp_path: Path) -> None:
    tests = "def test_it(solution):\n    defs = [solution.SIZE]\n    assert defs, 'LEAST is said'\n"
    reference = "SIZE = 7\nLEAST = 5\ndefs = 8\n"
    kata = kata_with(tmp_path, reference, OF_STUB, **{"test_{slug}.py": tests})

    assert {one.scope for one in mutants_of(kata)} == {"SIZE", "LEAST"}


def test_every_mutant_is_python_and_none_is_the_reference(tmp_path: Path) -> None:
    kata = kata_with(tmp_path, "def work(a):\n    return a[\n        1:  # é\n    ], (a or 'ü')\n")

    trees = [ast.dump(ast.parse(one.content)) for one in mutants_of(kata)]

    assert trees
    assert len({*trees, ast.dump(ast.parse(kata.reference_file.read_bytes()))}) == len(trees) + 1


def test_id_survives_edits_elsewhere(tmp_path: Path) -> None:
    reference = "def work(a):\n    f(1)\n    return f(1)\n"
    edited = f"import os\n\ndef other():\n    return 1\n\n{reference.replace('f(1)', 'f( 1 )')}"

    before, after = ids(tmp_path / "a", reference), ids(tmp_path / "b", edited)

    assert before == [
        "work: statement: f(1) -> nothing",
        "work: constant: 1 -> 2",
        "work: constant: 1 -> 0",
        "work: constant: 1 -> 2 #2",
        "work: constant: 1 -> 0 #2",
    ]
    assert [one for one in after if "constant" in one] == before[1:]


def test_diff_is_one_line(tmp_path: Path) -> None:
    kata = kata_with(tmp_path, "def work(a):\n    return f(\n        a,\n        x=3,\n    )\n")

    diffs = [one.diff for one in mutants_of(kata)]

    assert diffs[0] == "sums.py:2: - return f( a, x=3, ) + return f(a)"
    assert diffs[1] == "sums.py:4: - x=3, + x=4,"


def test_diff_of_a_long_line_is_what_is_around_the_change(tmp_path: Path) -> None:
    reference = f"def work(a):\n    return f({'aaa, ' * 30}30, {'bb, ' * 30}c)\n"
    kata = kata_with(tmp_path, reference)

    diff = next(one.diff for one in mutants_of(kata) if one.id.endswith("30 -> 31"))

    assert diff == (
        "sums.py:2: - ...aa, aaa, aaa, aaa, aaa, aaa, aaa, aaa, 30, bb, bb, bb, b..."
        " + ...aa, aaa, aaa, aaa, aaa, aaa, aaa, aaa, 31, bb, bb, bb, b..."
    )


def made(scope: str, operator: str, count: int) -> list[Mutant]:
    return [Mutant(f"{scope} {operator} {n}", scope, operator, "", b"") for n in range(count)]


def test_draw_has_every_scope_and_operator_and_is_the_same_again() -> None:
    every = made("big", "constant", 90) + made("big", "await", 1) + made("small", "constant", 2)

    drawn = draw(every, 10)

    assert len(drawn) == 10
    assert {(one.scope, one.operator) for one in drawn} == {
        ("big", "constant"),
        ("big", "await"),
        ("small", "constant"),
    }
    assert drawn == draw(every, 10)
    assert [one for one in every if one in drawn] == drawn
    assert draw(every, 0) == draw(every, 93) == every


def test_draw_keeps_what_is_wanted_and_most_of_the_rest_when_one_goes() -> None:
    every = made("one", "constant", 40) + made("two", "constant", 40)
    wanted = next(one for one in every if one not in draw(every, 10))

    assert wanted in draw(every, 10, {wanted.id})
    gone = every.index(draw(every, 10)[0])
    left = {one.id for one in draw(every[:gone] + every[gone + 1 :], 10)}
    assert len(left & {one.id for one in draw(every, 10)}) == 9


LINE = '[[survivor]]\nid = "{id}"\nsurvives = ["{judge}"]\nreason = "{reason}"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("survivor = 3\n", "survivor"),
        ("[[survivor]\n", "Expected"),
        (LINE.format(id="a", judge="nobody", reason="equivalent: as good as it"), "survives"),
        (LINE.format(id="a", judge="tests", reason="because"), "reason"),
        (LINE.format(id="a", judge="tests", reason="equivalent: yes"), "reason"),
        (
            LINE.format(id="a", judge="tests", reason="not examined: nobody looks there"),
            "no reason",
        ),
        (2 * LINE.format(id="a", judge="tests", reason="equivalent: as good as it"), "twice"),
    ],
)
def test_file_of_survivors_must_be_as_it_should(tmp_path: Path, text: str, said: str) -> None:
    kata = kata_with(tmp_path, REFERENCE)
    survivors_file(kata).write_text(text)

    with pytest.raises(CannotRead, match=said):
        read_survivors(kata)


def test_tests_that_name_a_scope_come_first(tmp_path: Path) -> None:
    kata = kata_with(tmp_path, REFERENCE, STUB)

    assert naming_tests(kata, "@add_up") == {"test_adds_all"}
    assert naming_tests(kata, "count.inner") == {"test_counts_all"}
    assert naming_tests(kata, "defs") == set()


LIMITS = '''
LIMIT = {"limit": 9}["limit"]


def add_up(values: list[int]) -> int:
    """Add up all values."""
    return sum(one for one in values if one < LIMIT)


def count(values: list[int]) -> int:
    """Count the values."""
    while len(values) > 5:
        values = values[1:]
    return len(values)


if __name__ == "__main__":
    print(add_up([1, 2]))
'''
TESTS = """
def test_adds_all(solution):
    assert solution.add_up([8, 10]) == 8, "10 is too much"


def test_counts_all(solution):
    assert solution.count([0] * 8) == 5, "five are enough"
"""
BOUND = "add_up: comparison: < of one < LIMIT -> <="
HIGHER = "LIMIT: constant: 9 -> 10"
ENDLESS = "count: statement: values = values[1:] -> nothing"


@pytest.fixture
def kata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kata:
    """Stand in a checkout of one kata, of whose limits its tests try one side."""
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_TEST_TIMEOUT", "2")
    found = kata_with(tmp_path / "checkout", LIMITS, STUB, **{"test_{slug}.py": TESTS})
    monkeypatch.chdir(found.root)
    return found


def dojo(*options: str) -> tuple[int, dict[str, list[Any]]]:
    """Check mutants in a process of its own; return how that ended, and its record."""
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "check", "--mutants", "--json", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def rules(record: dict[str, list[Any]]) -> dict[str, str]:
    """Return what was seen, and by which rule."""
    return {one["seen"]: one["rule"] for one in record["findings"]}


@pytest.mark.slow
@pytest.mark.usefixtures("kata")
def test_survivors_are_told_with_their_diff_and_the_score() -> None:
    code, record = dojo()

    assert code == Exit.AUTHOR_ERROR
    line = "return sum(one for one in values if one < LIMIT)"
    survivors = {one["cure"]: one for one in record["findings"]}
    assert survivors.pop(f"have a test see it, or list '{BOUND}' in mutants.toml, and why") == {
        "kata": "01_sums",
        "file": "reference/01_sums/sums.py",
        "rule": "survivor_is_explained",
        "cure": f"have a test see it, or list '{BOUND}' in mutants.toml, and why",
        "seen": f"the tests accept sums.py:7: - {line} + {line.replace('<', '<=')}",
    }
    # An endless one is killed.
    assert {cure.split("'")[1] for cure in survivors if "list" in cure} == {HIGHER}
    score = (
        "the tests kill 9 of 11 mutants (81 %); 2 more cannot be imported, so nothing is counted"
        " for them"
    )
    assert [one["said"] for one in record["notes"]] == [score]
    assert rules(record)[score] == "enough_mutants_are_killed"


@pytest.mark.slow
def test_listed_survivors_are_no_findings_and_stale_lines_are(kata: Kata) -> None:
    why = "equivalent: nobody has a nine"
    lines = [
        LINE.format(id=name, judge="tests", reason=why) for name in (BOUND, HIGHER, ENDLESS, "gone")
    ]
    survivors_file(kata).write_text("".join(lines))

    code, record = dojo("--most", "4")

    assert code == Exit.AUTHOR_ERROR
    assert list(rules(record).items()) == [
        ("the reference has no mutant 'gone' any more", "listed_survivors_are_mutants"),
        (f"the tests kill {ENDLESS!r} now: test_counts_all", "listed_survivor_lives"),
    ]
    drawn, score = (one["said"] for one in record["notes"])
    assert drawn.endswith(" of 13 mutants were drawn")
    assert "(100 %); 2 more are listed as equivalent" in score


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("mutants.toml", "survivor = 1\n", "listed_survivors_are_mutants"),
        ("sums.py", STUB, "reference_can_be_changed"),
        ("sums.py", LIMITS.replace(": 9", ": 8"), "reference_is_green"),
    ],
    ids=["list", "nothing_to_change", "red"],
)
def test_kata_without_a_sound_reference_or_list_has_no_score(
    kata: Kata, name: str, text: str, rule: str
) -> None:
    kata.reference_file.with_name(name).write_text(text)

    code, record = dojo()

    assert code == Exit.AUTHOR_ERROR
    assert rule in set(rules(record).values())
    assert record["notes"] == []


EXAM = """
from dojo.exam.stage import Desk, examines

@examines(1)
def three_numbers(desk: Desk) -> None:
    desk.note_outcome("the sum", desk.call("add_up", [3, 8, 10]))
"""
SIX = "count: constant: 5 -> 6"


@pytest.mark.slow
@needs_walls
def test_examination_judges_apart(kata: Kata) -> None:
    kata.exam_file.write_text(EXAM)
    why = "equivalent: nobody has a nine"
    both = 'tests", "examination'
    lines = [LINE.format(id=name, judge=both, reason=why) for name in (BOUND, HIGHER)]
    why = "not examined: the tests count alone"
    lines.append(LINE.format(id=SIX, judge="examination", reason=why))
    survivors_file(kata).write_text("".join(lines))

    code, record = dojo("--exam")

    assert code == Exit.AUTHOR_ERROR
    tests, examination = (one["said"] for one in record["notes"])
    assert tests.startswith(
        "the tests kill 9 of 9 mutants (100 %); 2 more are listed as equivalent"
    )
    assert examination.startswith("the examination kills 2 of 9 mutants (22 %);")
    found = [one for one in record["findings"] if one["rule"] == "survivor_is_explained"]
    assert len(found) == 6
    assert all(one["seen"].startswith("the examination accepts sums.py:") for one in found)
    assert SIX not in "".join(one["cure"] for one in found)


@pytest.mark.parametrize("options", [["--most", "4"], ["--mutants", "--whole"]])
@pytest.mark.usefixtures("kata")
def test_options_that_do_not_fit_are_bad_usage(options: list[str]) -> None:
    result = CliRunner().invoke(app, ["check", *options])

    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert "--mutants" in result.stderr
