"""Wrong answers are recognised by what they do, and never on less than was measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dojo.catalog.answers import refusing_tests
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.cli.door import app
from dojo.engines.templates import EngineError
from dojo.export.cohort import cohort_page
from dojo.grading import binding
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.mistakes import measures as kept
from dojo.mistakes.measures import Measure, Measures, describe_missing, digests_of
from dojo.mistakes.measuring import measure_all
from dojo.mistakes.recognise import Planted, read_planted, recognise
from dojo.warm import Warm
from tests.made_up_results import a_result, a_test, record, tampering


def planted(name: str, *red: TestVerdict) -> Planted:
    tasks = frozenset(test.task for test in red if test.task is not None)
    ids = frozenset(test.test for test in red)
    return Planted(f"wrong_{name}", f"Who does {name}.", ids, tasks)


A, B, C = (a_test(f"test_{name}", 1, f"said {name}") for name in "abc")
OTHER_WORDS = a_test("test_a", 1, "said otherwise")
D = a_test("test_d", 2, "said d")
OTHER_CASE = a_test("test_d[503]", 2, "said d")
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
        ([A], [planted("a", OTHER_WORDS)], [("a", (1,), 1, 1)]),
        ([D], [planted("other", OTHER_CASE)], []),
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
        "the same test in other words",
        "the same test with another parameter",
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


def test_page_names_the_mistake_and_says_how_sure_it_is() -> None:
    result = a_result(tests=(A, D), scenarios=())
    known = {"02_retries": [planted("forgets_it", A), planted("b", D), planted("c", D)]}
    more = a_result(learner="ben", tests=(OTHER_WORDS, B), scenarios=())
    page = cohort_page(record(result, more), known)

    assert "2: 02_retries, task 1: <b>forgets it</b>" in page
    assert "<bdi>anna</bdi>, <bdi>ben</bdi>" in page
    assert page.count("Who does forgets_it.") == 3
    assert "Task 1 behaves like this; the same tests are red:" in page
    assert "Task 1 behaves like this; 1 of 2 red tests are that mistake's; more is wrong:" in page
    assert "Task 2 behaves like one of these" in page
    assert "b</b> or <b>c" in page


def test_page_says_nothing_of_what_it_does_not_know() -> None:
    known = {"02_retries": [planted("a", a_test("test_first", 1, "said 1"))]}
    assert "behaves like" not in cohort_page(record(a_result(), tampering(learner="ben")), known)
    assert "behaves like" not in cohort_page(record(a_result(tests=(A,))))


# What is kept

TOML = """
number = {number}
slug = "{slug}"
track = "prefect"
needs = [{needs}]
[title]
en = "Demo"
fr = "Démo"
[[tasks]]
points = 1
tests = ["test_adds", "test_subtracts"]
title = {{ en = "call it", fr = "appelez" }}
hints = {{ en = ["a", "b", "c"], fr = ["a", "b", "c"] }}
"""
TESTS = """
import pytest

@pytest.mark.parametrize("one", [1, 2])
def test_adds(solution, one):
    assert solution.add(one, 1) == one + 1, "it does not add"

def test_subtracts(solution):
    assert solution.subtract(2, 1) == 1, "it does not subtract"
"""
REFERENCE = "def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return a - b\n"
ANSWERS = {
    "wrong_always_two": ('"""Who tries once.\n\nRefused by: test_adds\n"""', "add", "2"),
    "wrong_turned_round": (
        '"""Who turns it.\n\nRefused by: test_subtracts\n"""',
        "subtract",
        "b - a",
    ),
}


def write_kata(root: Path, number: int, slug: str, needs: str = "") -> None:
    folder, reference = (root / place / f"{number:02d}_{slug}" for place in ("katas", "reference"))
    (reference / "answers").mkdir(parents=True)
    folder.mkdir(parents=True)
    toml = TOML.format(number=number, slug=slug, needs=needs)
    (folder / "kata.toml").write_text(toml, encoding="utf-8")
    (folder / f"{slug}.py").write_text(REFERENCE)
    (folder / f"test_{slug}.py").write_text(TESTS)
    (folder / "README.md").write_text("page")
    (reference / f"{slug}.py").write_text(REFERENCE)
    for name, (says, function, result) in ANSWERS.items():
        text = f"{says}\n\n\ndef {function}(a, b):\n    return {result}\n"
        (reference / "answers" / f"{name}.py").write_text(text)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a checkout with a kata that needs no engine; no measures are on this machine."""
    root = tmp_path / "checkout"
    write_kata(root, 2, "retries")
    (root / "conftest.py").write_text('pytest_plugins = ["dojo.running.entry"]\n')
    (root / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "PACKAGED", tmp_path / "measures.json")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def kata(checkout: Path) -> Kata:
    return load_catalog(checkout)[0]


def dojo(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def made_up(kata: Kata, *names: str) -> dict[str, Measure]:
    return {name: Measure(of=digests_of(kata)[name], red=("test_adds[2]",)) for name in names}


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_measure_is_kept_in_one_document_with_its_format(kata: Kata, tmp_path: Path) -> None:
    Measures().keep(kata, made_up(kata, "wrong_always_two"))
    file = tmp_path / "cache" / "mistakes.json"

    assert Measures().of(kata) == made_up(kata, "wrong_always_two")
    assert names(Measures().missing(kata)) == ["wrong_turned_round"]
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["format"] == 1
    assert document["katas"][kata.id]["wrong_always_two"]["red"] == ["test_adds[2]"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


ALL = ["wrong_always_two", "wrong_turned_round"]


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("katas/02_retries/kata.toml", ALL),
        ("katas/02_retries/test_retries.py", ALL),
        ("reference/02_retries/retries.py", ALL),
        ("reference/02_retries/answers/wrong_always_two.py", ALL[:1]),
        ("conftest.py", ALL),
        ("pyproject.toml", ALL),
        ("dojo/world/clock.py", ALL),
        ("katas/02_retries/retries.py", []),
        ("katas/02_retries/README.md", []),
        ("reference/02_retries/exam.py", []),
        ("reference/02_retries/answers/right_other.py", []),
        ("dojo/measures.json", []),
    ],
)
def test_only_what_could_have_changed_is_measured_again(
    name: str, again: list[str], checkout: Path, kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "dojo" / "world", checkout / "dojo" / "world", ignore=no_caches)
    monkeypatch.setattr(binding, "_CODE", checkout / "dojo")
    Measures().keep(kata, made_up(kata, *ALL))
    assert Measures().missing(kata) == []
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# mended\n")

    assert names(Measures().missing(kata)) == again
    assert sorted(Measures().of(kata)) == sorted(set(ALL) - set(again))


def test_answer_that_is_gone_is_not_compared_with(kata: Kata) -> None:
    Measures().keep(kata, made_up(kata, *ALL))
    (kata.answers_folder / "wrong_always_two.py").unlink()

    (left,) = read_planted(kata, Measures().of(kata))
    assert left == Planted(
        "wrong_turned_round", "Who turns it.", frozenset({"test_adds[2]"}), frozenset({1})
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"format": 2, "katas": {}}', "is no record of measures of format 1"),
        (b'{"katas": {}}', "is no record of measures of format 1"),
        (b'{"format": 1, "katas": {"02_retries": ', "is no record of measures of format 1"),
        (b"\xff\x00", "is no record of measures of format 1"),
        (None, "cannot be read (Is a directory)"),
    ],
    ids=["another format", "no format", "half of one", "no text", "a folder"],
)
def test_file_that_cannot_be_used_is_named_and_written_anew(
    content: bytes | None, said: str, kata: Kata, tmp_path: Path
) -> None:
    file, lines = tmp_path / "measures", []
    file.mkdir() if content is None else file.write_bytes(content)
    measures = Measures(file, lines.append)

    assert lines == [f"{str(file)!r} {said}: 'dojo mistakes' measures again"]
    assert names(measures.missing(kata)) == ALL
    if content is None:
        with pytest.raises(kept.CannotKeep, match=r"cannot be written .* with --out"):
            measures.keep(kata, {})
    else:
        measures.keep(kata, made_up(kata, *ALL))
        assert Measures(file).missing(kata) == []


def test_measures_of_the_package_are_used_where_they_fit(kata: Kata, tmp_path: Path) -> None:
    Measures(tmp_path / "measures.json").keep(kata, made_up(kata, *ALL))
    assert Measures().missing(kata) == []

    kata.test_file.write_text(TESTS + "\n# mended\n")
    assert names(Measures().missing(kata)) == ALL
    Measures().keep(kata, made_up(kata, *ALL))  # in the cache
    assert Measures().missing(kata) == []


def test_missing_measures_are_told_with_the_command(checkout: Path, kata: Kata) -> None:
    write_kata(checkout, 3, "caching")
    katas = load_catalog(checkout)
    Measures().keep(kata, made_up(kata, *ALL[:1]))

    assert describe_missing(katas, Measures()) == (
        "Known mistakes that were not measured, so not recognised: 1 of 2 in 02_retries,"
        " 2 of 2 in 03_caching; 'dojo mistakes 02 03' does it"
    )
    Measures().keep(kata, made_up(kata, *ALL))
    assert describe_missing(katas[:1], Measures()) == ""


def test_wheel_takes_measures_along_and_git_does_not() -> None:
    place = kept.PACKAGED.relative_to(ROOT).as_posix()

    assert place in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    taken = text.partition(f"\n{Path(place).parent} = [")[2].partition("]")[0]
    assert f'"{kept.PACKAGED.name}"' in taken


# The commands


@pytest.mark.usefixtures("checkout")
def test_report_says_what_was_not_measured_and_measures_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Warm, "run")
    Path("results.json").write_text(record(a_result()).model_dump_json())
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "mistakes.json").write_text("[]")
    done = dojo("report", "results.json")
    line = "2 of 2 in 02_retries; &#x27;dojo mistakes 02&#x27; does it</p>"

    assert done.exit_code == Exit.DONE
    assert "mistakes.json' is no record of measures of format 1" in done.stderr
    assert "dojo: Known mistakes that were not measured" in done.stderr
    assert line in Path("cohort.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_command_measures_what_is_missing_and_the_page_names_it(kata: Kata, tmp_path: Path) -> None:
    file = tmp_path / "cache" / "mistakes.json"
    first = dojo("mistakes")
    assert (first.exit_code, first.stdout) == (
        Exit.DONE,
        f"2 of 2 wrong answers are measured, in {file}\n",
    )
    assert first.stderr == "[2/2] 02_retries: 2 answers\n"
    reds = {name: one.red for name, one in Measures().of(kata).items()}
    assert reds == {
        "wrong_always_two": ("test_adds[2]",),
        "wrong_turned_round": ("test_subtracts",),
    }
    before = file.read_bytes()
    assert dojo("mistakes", "02").stderr == ""
    assert file.read_bytes() == before
    assert dojo("mistakes", "retries", "--out", str(tmp_path / "named.json")).stderr == ""
    assert (tmp_path / "named.json").read_bytes() == before

    wrong = a_result(tests=(a_test("test_adds[2]", 1, "said"),), scenarios=())
    Path("results.json").write_text(record(wrong).model_dump_json())
    assert dojo("report", "results.json").exit_code == Exit.DONE
    page = Path("cohort.html").read_text(encoding="utf-8")
    assert "1: 02_retries, task 1: <b>always two</b>" in page
    assert "not measured" not in page
    file.unlink()
    assert dojo("report", "results.json", "--measures", str(tmp_path / "named.json")).stderr == (
        "cohort.html is written.\n"
    )


@pytest.mark.slow
def test_answer_that_has_no_measure_is_named(checkout: Path, kata: Kata) -> None:
    write_kata(checkout, 3, "caching")
    folder = kata.answers_folder
    (folder / "wrong_not_at_all.py").write_text('"""Who is right.\n\nRefused by: test_adds\n"""\n')
    (folder / "wrong_unreadable.py").write_text("def add(:\n")
    done = dojo("mistakes", "02")

    assert done.exit_code == Exit.INCOMPLETE
    assert done.stdout.startswith("2 of 4 wrong answers are measured, in ")
    assert "dojo: not measured: 02_retries wrong_" in done.stderr
    assert "the tests that it names do not refuse it" in done.stderr
    assert "(and 1 more of this kata)" in done.stderr
    assert names(Measures().missing(kata)) == ["wrong_not_at_all", "wrong_unreadable"]


def test_engine_that_does_not_start_costs_its_own_kata_only(checkout: Path, tmp_path: Path) -> None:
    write_kata(checkout, 3, "caching")
    first, second = load_catalog(checkout)

    class Broken(Warm):
        def run(self, kata: Kata, *arguments: Any, **more: Any) -> Any:
            if kata.id == first.id:
                raise EngineError("prefect cannot be imported")
            return super().run(kata, *arguments, **more)

    whys: list[tuple[str, str]] = []
    measures = Measures(tmp_path / "measures.json")
    planned = [(kata, path) for kata in (first, second) for path in measures.missing(kata)]
    with Broken(checkout) as warm:
        measure_all(planned, measures, warm, lambda kata, _, why: whys.append((kata.id, why)))

    assert sorted(whys) == [
        *[("02_retries", "prefect cannot be imported")] * 2,
        *[("03_caching", "")] * 2,
    ]
    assert measures.missing(second) == []


def test_what_was_measured_before_an_interrupt_is_kept(
    kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def measure_one(warm: Warm, kata: Kata, answer: Path) -> Measure:
        del warm
        ran.append(answer.stem)
        if answer.stem == "wrong_turned_round" and len(ran) == 2:
            raise KeyboardInterrupt
        return made_up(kata, answer.stem)[answer.stem]

    monkeypatch.setattr("dojo.mistakes.measuring.PARALLEL_RUNS", 1)
    monkeypatch.setattr("dojo.mistakes.measuring.measure", measure_one)
    done = dojo("mistakes")

    assert done.exit_code == Exit.INTERRUPTED
    assert "interrupted: 1 of 2 are left; the same command goes on" in done.stderr
    assert dojo("mistakes").exit_code == Exit.DONE
    assert ran == ["wrong_always_two", "wrong_turned_round", "wrong_turned_round"]


def test_file_that_cannot_be_written_is_told_before_anything_runs(checkout: Path) -> None:
    (checkout / "taken").write_text("")
    done = dojo("mistakes", "--out", "taken/measures.json")

    assert done.exit_code == Exit.USAGE
    assert "'taken/measures.json' cannot be written" in done.stderr


# A real kata


@pytest.mark.slow
def test_real_mistake_is_recognised_in_a_submission(tmp_path: Path) -> None:
    kata = find_kata(load_catalog(ROOT), "16_xcom")  # needs no engine
    answers = [
        kata.answers_folder / f"wrong_{name}.py" for name in ("at_most_fifty", "integer_keys")
    ]
    measures = Measures(tmp_path / "measures.json")
    submission = tmp_path / "xcom.py"
    parts = (kata.reference_file, answers[0])
    submission.write_text("\n\n".join(path.read_text("utf-8") for path in parts), "utf-8")
    with Warm(ROOT) as warm:
        measure_all([(kata, answer) for answer in answers], measures, warm, lambda *_: None)
        verdict = warm.run(kata, str(submission))
    known = {path.stem: measures.of(kata)[path.stem] for path in answers}

    for answer in answers:
        assert refusing_tests(answer) <= {test.split("[")[0] for test in known[answer.stem].red}
    (like,) = recognise(verdict.tests, read_planted(kata, known))
    assert [one.name for one in like.planted] == ["wrong_at_most_fifty"]
    assert like.shared == like.red
