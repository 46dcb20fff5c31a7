"""The gate: each kata of the catalogue is proved against its stub, reference and answers.

The stub is the one of Git's last commit: in the working tree somebody may have filled it.

A kata passes when its tests are red on the stub for a reason of their own, green on the
reference, refuse each planted wrong answer by the test it names, and accept each right one.
Each rule is one of `dojo.author`, which `dojo check` asks too; here it has one test a kata or
answer. `test_gate_refuses.py` checks katas that are broken, to see that the rules catch them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from dojo.author import examined, files, promises, standalone, translated
from dojo.author import verdicts as judged
from dojo.author.finding import Finding
from dojo.author.mutants.check import listed_survivors_are_mutants
from dojo.author.replayed import kept_replay_is_that_of_the_reference
from dojo.author.runs import REFERENCE, STUB, Runs
from dojo.catalog.answers import answers_here, tasks_of
from dojo.catalog.kata import CatalogError, Kata, load_catalog
from dojo.exam.examiner import Examiner, scenarios_of
from dojo.sandbox.walls import missing_for
from dojo.warm import Warm

# A wrong answer runs the tests that it names; this asks whether it leaves other tasks alone.
WHOLE = bool(os.environ.get("DOJO_GATE_WHOLE"))
ROOT = Path(__file__).resolve().parents[2]

try:
    KATAS = load_catalog(ROOT)
except CatalogError:
    KATAS = []

each_kata = pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)


def answers(kind: str) -> pytest.MarkDecorator:
    found = []
    for kata in KATAS:
        paths = answers_here(kata, kind)
        first = one_for_each_task(kata, paths)
        for path in paths:
            marks = () if kind == "right" or path in first else pytest.mark.beyond
            found.append(pytest.param(kata, path, id=f"{kata.id}-{path.stem}", marks=marks))
    return pytest.mark.parametrize(("kata", "answer"), found)


def one_for_each_task(kata: Kata, paths: Iterable[Path]) -> set[Path]:
    """Return so many wrong answers that each task refuses one; those wrong in few others first."""
    named = {path: tasks_of(kata, path) for path in sorted(paths)}
    left, found = set().union(*named.values()), set()
    while left:
        path = max(named, key=lambda one: (bool(named[one] & left), -len(named[one])))
        found.add(path)
        left -= named[path]
    return found


def programs() -> pytest.MarkDecorator:
    """Return all katas; those that are not the first of their track are left to the second part."""
    first = {kata.track: kata for kata in reversed(KATAS)}
    found = [
        pytest.param(
            kata, id=kata.id, marks=() if first[kata.track] is kata else pytest.mark.beyond
        )
        for kata in KATAS
    ]
    return pytest.mark.parametrize("kata", found)


@pytest.fixture(scope="session")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs]:
    with Warm(ROOT) as warm:
        found = Runs(warm, tmp_path_factory.mktemp("answers"), whole=WHOLE)
        for item in sorted(request.session.items, key=_is_standalone, reverse=True):
            values = getattr(getattr(item, "callspec", None), "params", {})
            if _is_standalone(item):  # the longest begin first
                found.prepare_standalone(values["kata"])
            elif "runs" in getattr(item, "fixturenames", ()):
                solution = STUB if "stub" in item.name else REFERENCE
                found.prepare(values["kata"], values.get("answer", solution))
        yield found
        found.close()


@pytest.fixture(scope="session")
def examiner() -> Iterator[Examiner]:
    if (missing := missing_for("landlock")) and not os.environ.get("CI"):
        pytest.skip(missing)
    with examined.examiner_of(ROOT) as found:
        yield found


def _is_standalone(item: pytest.Item) -> bool:
    return getattr(item, "originalname", "") == test_reference_runs_by_itself.__name__


def is_clean(found: Iterable[Finding]) -> None:
    """Fail with what was found, and all that was seen."""
    said = [f"{one.line}\n{one.seen}" for one in found]
    assert not said, "\n".join(said)


def test_catalogue_reads_and_nothing_is_left_over() -> None:
    is_clean(files.catalogue_reads_and_nothing_is_left_over(ROOT))


def test_all_katas_can_be_collected_in_a_process_of_their_own() -> None:
    if not KATAS:
        pytest.skip("the catalogue cannot be read, as another test says")
    done = standalone.collect(ROOT, KATAS)
    is_clean(standalone.all_katas_can_be_collected_in_a_process_of_their_own(ROOT, KATAS, done))


@each_kata
def test_kata_has_all_its_files(kata: Kata) -> None:
    is_clean(files.kata_has_all_its_files(kata))


@each_kata
def test_kata_has_enough_answers(kata: Kata) -> None:
    is_clean(files.kata_has_enough_answers(kata))


@each_kata
def test_every_test_is_listed_under_a_task(kata: Kata) -> None:
    is_clean(files.every_test_is_listed_under_a_task(kata))


@each_kata
def test_stub_is_red_for_a_reason_of_its_own(kata: Kata, runs: Runs) -> None:
    is_clean(judged.stub_is_red_for_a_reason_of_its_own(kata, runs.of(kata, STUB)))


@each_kata
def test_reference_is_green(kata: Kata, runs: Runs) -> None:
    is_clean(judged.reference_is_green(kata, runs.of(kata, REFERENCE)))


@each_kata
def test_kept_replay_is_that_of_the_reference(kata: Kata, runs: Runs) -> None:
    runs.of(kata, REFERENCE)
    is_clean(kept_replay_is_that_of_the_reference(kata, runs.recorded(kata)))


@answers("wrong")
def test_wrong_answer_is_refused_by_its_test(kata: Kata, answer: Path, runs: Runs) -> None:
    is_clean(judged.wrong_answer_is_refused_by_its_test(kata, answer, runs.of(kata, answer)))


@answers("right")
def test_right_answer_is_accepted(kata: Kata, answer: Path, runs: Runs) -> None:
    is_clean(judged.right_answer_is_accepted(kata, answer, runs.of(kata, answer)))


@pytest.mark.beyond  # as dear as all wrong answers of the first part
@pytest.mark.parametrize(
    "kata", [one for one in KATAS if scenarios_of(one)], ids=lambda one: one.id
)
def test_examination_accepts_the_reference(kata: Kata, examiner: Examiner) -> None:
    is_clean(examined.examination_accepts_the_reference(kata, examiner))


@each_kata
def test_messages_are_translated(kata: Kata) -> None:
    is_clean(translated.messages_are_translated(kata))


@each_kata
def test_stub_and_reference_promise_the_same(kata: Kata) -> None:
    is_clean(promises.stub_and_reference_promise_the_same(kata))


@each_kata
def test_listed_survivors_are_mutants(kata: Kata) -> None:
    is_clean(listed_survivors_are_mutants(kata))


@each_kata
def test_lifted_law_exists_and_has_a_reason(kata: Kata) -> None:
    is_clean(files.lifted_law_exists_and_has_a_reason(kata))


@each_kata
def test_both_lessons_show_the_same_code(kata: Kata) -> None:
    is_clean(files.both_lessons_show_the_same_code(kata))


@each_kata
def test_nothing_is_left_to_write(kata: Kata) -> None:
    is_clean(files.nothing_is_left_to_write(kata))


@programs()
def test_reference_runs_by_itself(kata: Kata, runs: Runs) -> None:
    done = runs.standalone(kata)
    is_clean(standalone.reference_runs_by_itself(kata, done, runs.home_of(kata)))
