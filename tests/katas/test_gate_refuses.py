"""See that the gate catches every way a kata can be broken: check katas that are.

Most is asked of `dojo check`, or of the rules themselves; the gate has one test for each.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.author import files, promises, verdicts
from dojo.author.check import check_files
from dojo.author.finding import Finding
from dojo.author.runs import STUB as HANDED_OUT
from dojo.author.runs import Runs
from dojo.catalog.kata import load_catalog, read_kata
from dojo.ground.exits import Exit
from dojo.replay.story import Run, State, Story
from dojo.warm import Warm
from tests.katas.made_up import (
    CATALOGUE,
    FRENCH_LESSON,
    REFERENCE,
    RIGHT,
    STUB,
    TESTS,
    WRONG,
    make_checkout,
    make_kata,
)

pytest_plugins = ["pytester"]

GATE = Path(__file__).with_name("test_gate.py")

# What is changed in a healthy kata, and which rules it must break.
# `None` as content: the file is missing. `{slug}` is the kata's own.
FAULTS: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "test_green_on_stub": (
        {"katas/test_{slug}.py": TESTS.replace("solution.count([5]) == 1", "solution")},
        {"stub_is_red_for_a_reason_of_its_own"},
    ),
    "stub_does_not_import": (
        {"katas/{slug}.py": f"import nowhere\n{STUB}"},
        {"stub_is_red_for_a_reason_of_its_own"},
    ),
    "unknown_fixture": (
        {"katas/test_{slug}.py": TESTS.replace("counts_all(solution)", "counts_all(solutoin)")},
        {
            "stub_is_red_for_a_reason_of_its_own",
            "reference_is_green",
            "wrong_answer_is_refused_by_its_test",
            "right_answer_is_accepted",
        },
    ),
    "reference_is_red": (
        {"reference/{slug}.py": REFERENCE.replace("len(values)", "0")},
        {
            "reference_is_green",
            "right_answer_is_accepted",
            "wrong_answer_is_refused_by_its_test",
        },
    ),
    "wrong_answer_accepted": (
        {"answers/wrong_0.py": WRONG.replace("len(values)", "sum(values)")},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_another_test": (
        {"answers/wrong_0.py": WRONG.replace("test_adds_all", "test_counts_all")},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_breaks_another_task": (
        {"answers/wrong_0.py": WRONG + "\n\ndef count(values):\n    return 0\n"},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_no_test": (
        {"answers/wrong_0.py": WRONG.replace("Refused by: test_adds_all", "")},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_names_unknown_test": (
        {"answers/wrong_0.py": WRONG.replace("test_adds_all", "test_adds_all, test_it")},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "wrong_answer_does_not_import": (
        {"answers/wrong_0.py": f"{WRONG}\nimport nowhere\n"},
        {"wrong_answer_is_refused_by_its_test"},
    ),
    "right_answer_refused": (
        {"answers/right_0.py": RIGHT.replace("total = 0", "total = 1")},
        {"right_answer_is_accepted"},
    ),
    "signatures_differ": (
        {"katas/{slug}.py": STUB.replace("count(values: list[int])", "count(values: list)")},
        {"stub_and_reference_promise_the_same"},
    ),
    "docstrings_differ": (
        {"katas/{slug}.py": STUB.replace("Count the values", "Count")},
        {"stub_and_reference_promise_the_same"},
    ),
    "lessons_differ_in_code": (
        {"katas/README.fr.md": FRENCH_LESSON.replace("[1]", "[2]")},
        {"both_lessons_show_the_same_code"},
    ),
    "lesson_lacks_a_section": (
        {"katas/README.fr.md": FRENCH_LESSON.replace("# Sommes", "Sommes")},
        {"both_lessons_show_the_same_code"},
    ),
    "page_is_half_written": (
        {"katas/README.fr.md": f"{FRENCH_LESSON}\nTODO finir\n"},
        {"nothing_is_left_to_write"},
    ),
    "lifts_an_unknown_law": (
        {"katas/kata.toml": "lifts = {{ weather = 'it rains where this kata runs' }}" + CATALOGUE},
        {"lifted_law_exists_and_has_a_reason"},
    ),
    "lifts_a_law_without_a_reason": (
        {"katas/kata.toml": "lifts = {{ seeds = 'no' }}" + CATALOGUE},
        {"lifted_law_exists_and_has_a_reason"},
    ),
    "answer_breaks_a_law": (
        {
            "answers/right_0.py": RIGHT.replace(
                "    total = 0", "    values.reverse()\n    total = 0"
            )
        },
        {"right_answer_is_accepted"},
    ),
    "says_in_french_what_no_test_says": (
        {"katas/messages.fr.po": 'msgid "one and one"\nmsgstr "un et un"\n'},
        {"messages_are_translated"},
    ),
    "says_only_half_in_french": (
        {"katas/messages.fr.po": 'msgid "1 and 2 make 3"\nmsgstr "1 et 2 font 3"\n'},
        {"messages_are_translated"},
    ),
    "puts_something_else_in": (
        {
            "katas/messages.fr.po": (
                'msgid "1 and 2 make 3"\nmsgstr "1 et {two} font 3"\n\n'
                'msgid "there is one"\nmsgstr "il y en a un"\n'
            )
        },
        {"messages_are_translated"},
    ),
    "catalogue_is_none": (
        {"katas/messages.fr.po": 'msgid "1 and 2 make 3\n'},
        {"messages_are_translated"},
    ),
    "extra_file": ({"katas/notes.txt": "?"}, {"kata_has_all_its_files"}),
    "stray_answer": ({"answers/wrnog_0.py": WRONG}, {"kata_has_all_its_files"}),
    "too_few_answers": ({"answers/wrong_7.py": None}, {"kata_has_enough_answers"}),
    "test_not_listed": (
        {"katas/test_{slug}.py": f"{TESTS}\n\ndef test_more(solution):\n    solution.count([])\n"},
        {"every_test_is_listed_under_a_task", "stub_is_red_for_a_reason_of_its_own"},
    ),
    "reference_shows_nothing": (
        {"reference/{slug}.py": REFERENCE.replace("print", "str")},
        {"reference_runs_by_itself"},
    ),
    "reference_leaves_a_file": (
        {"reference/{slug}.py": f"{REFERENCE}    open('left', 'w').close()\n"},
        {"reference_runs_by_itself"},
    ),
    "tests_do_not_import": (
        {"katas/test_{slug}.py": f"import nowhere\n{TESTS}"},
        {
            "all_katas_can_be_collected_in_a_process_of_their_own",
            "stub_is_red_for_a_reason_of_its_own",
            "reference_is_green",
            "wrong_answer_is_refused_by_its_test",
            "right_answer_is_accepted",
        },
    ),
    "replay_is_damaged": (
        {"reference/replay.jsonl": "no story\n"},
        {"kept_replay_is_that_of_the_reference"},
    ),
    "replay_is_of_runs_that_are_made_no_more": (
        {
            "reference/replay.jsonl": Story(
                kata="x",
                test="test_adds_all",
                solution="reference",
                runs=(Run(id=1, kind="flow run", name="night", states=(State(at=0, name="?"),)),),
            ).to_json()
        },
        {"kept_replay_is_that_of_the_reference"},
    ),
    "replay_is_of_a_test_that_is_gone": (
        {
            "reference/replay.jsonl": Story(
                kata="x", test="test_gone", solution="reference"
            ).to_json()
        },
        {"kept_replay_is_that_of_the_reference"},
    ),
    "answer_is_no_python": ({"answers/wrong_0.py": "def"}, {"answer_can_be_read"}),
    "answer_holds_for_nothing": (
        {"answers/wrong_0.py": WRONG.replace("Refused", "Holds for: <3\nRefused")},
        {"answer_can_be_read"},
    ),
    "answer_holds_for_what_is_not_here": (
        {"answers/wrong_0.py": WRONG.replace("Refused", "Holds for: nowhere<3\nRefused")},
        {"answer_can_be_read"},
    ),
}

# Rules for which nothing is run.
READ = {
    "answer_can_be_read",
    "both_lessons_show_the_same_code",
    "kata_has_all_its_files",
    "kata_has_enough_answers",
    "lifted_law_exists_and_has_a_reason",
    "messages_are_translated",
    "nothing_is_left_to_write",
    "stub_and_reference_promise_the_same",
}

# One kata that breaks every rule there is of one kata.
RUINED: dict[str, str | None] = {
    "katas/test_{slug}.py": (
        TESTS.replace("solution.count([5]) == 1", "solution")
        + "\n\ndef test_more(solution):\n    pass\n"
    ),
    "katas/{slug}.py": STUB.replace("count(values: list[int])", "count(values: list)"),
    "katas/README.fr.md": FRENCH_LESSON.replace("[1]", "[2]") + "TODO\n",
    "katas/kata.toml": "lifts = {{ seeds = 'no' }}" + CATALOGUE,
    "katas/notes.txt": "?",
    "katas/messages.fr.po": 'msgid "gone"\nmsgstr "disparu"\n',
    "reference/{slug}.py": REFERENCE.replace("sum(values)", "0").replace("print", "str"),
    "reference/replay.jsonl": "no story\n",
    "reference/exam.py": (
        "from dojo.exam.stage import Desk, examines\n\n\n"
        "@examines(1)\ndef adds_all(desk: Desk) -> None:\n    raise ValueError('no')\n"
    ),
    "reference/mutants.toml": (
        "[[survivor]]\nid = 'count: gone'\nsurvives = ['tests']\nreason = 'equivalent: so'\n"
    ),
    "answers/wrong_0.py": WRONG.replace("Refused by: test_adds_all", ""),
    "answers/wrong_7.py": None,
    "answers/right_0.py": RIGHT.replace("total = 0", "total = 1"),
}


def failures(result: pytest.RunResult) -> set[tuple[str, str]]:
    """Return which tests of the gate failed, each with the kata it failed for."""
    found = set()
    for line in result.outlines:
        if match := re.match(r"FAILED tests/katas/test_gate\.py::(\w+)(?:\[(\d\d_[a-z_]+))?", line):
            found.add((match[1], match[2] or ""))
    return found


def gate_in(pytester: pytest.Pytester) -> Path:
    """Copy the gate into a checkout of its own."""
    copy = make_checkout(pytester.path) / GATE.relative_to(GATE.parents[2])
    copy.parent.mkdir(parents=True)
    shutil.copy(GATE, copy)
    return pytester.path


@pytest.mark.slow
def test_gate_names_each_broken_kata_and_rule(tmp_path: Path) -> None:
    read, run = make_checkout(tmp_path / "read"), make_checkout(tmp_path / "run")
    make_kata(run, 1, "healthy", {})
    expected = set()
    faults = sorted(FAULTS.items(), key=lambda fault: fault[0] != "too_few_answers")
    for number, (slug, (changes, rules)) in enumerate(faults, start=2):
        kata = make_kata(read if rules <= READ else run, number, slug, changes)
        expected |= {(rule, kata) for rule in rules}
        if number > 2:
            expected.add(("kata_has_enough_answers", kata))

    done = subprocess.run(
        [sys.executable, "-m", "dojo", "check", "--whole", "--json"],
        cwd=run,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == Exit.AUTHOR_ERROR, done.stderr
    found = {(one["rule"], one["kata"]) for one in json.loads(done.stdout)["findings"]}
    for kata in load_catalog(read):
        found |= {(one.rule, kata.id) for one in check_files(kata) if isinstance(one, Finding)}
    assert found == expected


@pytest.mark.slow
def test_gate_has_a_red_test_for_each_rule(pytester: pytest.Pytester) -> None:
    root = gate_in(pytester)
    make_kata(root, 1, "healthy", {})
    ruined = make_kata(root, 2, "lifts_and_is_ruined", RUINED)
    makes_no_sense = {"katas/test_{slug}.py": f"import nowhere\n{TESTS}"}
    unread = make_kata(root, 3, "unread", makes_no_sense)
    (root / "reference" / "07_forgotten").mkdir()
    gate = re.findall(r"^def (test_\w+)", GATE.read_text(encoding="utf-8"), re.MULTILINE)
    of_the_whole = set(gate[:2])

    result = pytester.runpytest_subprocess("tests/katas/test_gate.py", "-q", "--tb=no")

    failed = failures(result)
    assert {test for test, kata in failed if kata == ruined} == set(gate) - of_the_whole
    assert {test for test, kata in failed if not kata} == of_the_whole
    assert {kata for _, kata in failed} == {"", ruined, unread}


@pytest.mark.parametrize("missing", ["README.md", "README.fr.md", "{slug}.py", "test_{slug}.py"])
def test_gate_misses_an_absent_file(tmp_path: Path, missing: str) -> None:
    kata = make_kata(tmp_path, 1, "lacking", {f"katas/{missing}": None})
    read = read_kata(tmp_path / "katas" / kata)

    found = files.kata_has_all_its_files(read)

    name = missing.format(slug="lacking")
    assert [(one.file, one.seen) for one in found] == [(f"katas/{kata}/{name}", "is missing")]


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


FILLED = {
    "solved": REFERENCE,
    "half": STUB.replace("raise NotImplementedError", "return sum(values)", 1),
    "other_signature": STUB.replace("values", "numbers"),
    "broken_syntax": "def add_up(values: list[int]\n",
    "not_text": "\0",
    "removed": None,
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Runs]]:
    """Hand out katas, fill each stub in another way, and leave notes beside it."""
    root = make_checkout(tmp_path_factory.mktemp("filled"))
    for number, how in enumerate(FILLED, start=1):
        make_kata(root, number, how, {})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "hand out")
    for number, (how, text) in enumerate(FILLED.items(), start=1):
        folder = root / "katas" / f"{number:02d}_{how}"
        (folder / "notes.txt").write_text("mine")
        (folder / f"{how}.py").unlink()
        if text is not None:
            (folder / f"{how}.py").write_text(text)
    with Warm(root) as warm:
        runs = Runs(warm, tmp_path_factory.mktemp("answers"))
        yield root, runs
        runs.close()


@pytest.mark.parametrize("how", FILLED)
def test_gate_proves_the_stub_that_was_handed_out(filled: tuple[Path, Runs], how: str) -> None:
    root, runs = filled
    kata = read_kata(root / "katas" / f"{list(FILLED).index(how) + 1:02d}_{how}")

    assert files.kata_has_all_its_files(kata) == []
    assert promises.stub_and_reference_promise_the_same(kata) == []
    assert promises.is_filled(kata)
    verdict = runs.of(kata, HANDED_OUT)
    assert verdicts.stub_is_red_for_a_reason_of_its_own(kata, verdict) == []


def test_gate_refuses_a_folder_without_a_kata(tmp_path: Path) -> None:
    make_kata(tmp_path, 1, "healthy", {})
    (tmp_path / "reference" / "07_forgotten").mkdir()

    (found,) = files.catalogue_reads_and_nothing_is_left_over(tmp_path)

    assert (found.file, found.seen) == ("reference/07_forgotten", "is of no kata")


@pytest.mark.slow
def test_gate_refuses_an_unreadable_kata(pytester: pytest.Pytester) -> None:
    root = gate_in(pytester)
    make_kata(root, 1, "healthy", {"katas/kata.toml": "number = 1\n"})

    result = pytester.runpytest_subprocess("tests/katas/test_gate.py", "-q", "--tb=line")

    assert failures(result) == {("test_catalogue_reads_and_nothing_is_left_over", "")}
    result.stdout.fnmatch_lines(["*01_healthy/kata.toml: 'slug' is missing*"])
