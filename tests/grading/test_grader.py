"""Whatever goes wrong while one submission is judged is told as its result, and blamed rightly."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.batch import cluster
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.engines.templates import EngineError
from dojo.exam import examiner as examination
from dojo.exam.examiner import Broke, Examiner, scenarios_of, tasks_of
from dojo.exam.marks import Judged, ScenarioVerdict
from dojo.exam.stage import Desk
from dojo.grading.binding import bind
from dojo.grading.grader import Grader
from dojo.grading.results import Result
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import Submission
from dojo.sandbox.client import GuardFault
from dojo.sandbox.walls import Limits

KATA = find_kata(load_catalog(PACKAGE_ROOT), "02")
THEIRS = Submission("anna", KATA, "class/anna", b"x = 1\n")
PARENT: Any = SimpleNamespace(level="strict", limits=Limits())

GREEN = tuple(TestVerdict(name, 1, True, "passed", "", 0.1) for name in KATA.tests)
RIGHT = Judged(GREEN, ())
FIXTURE = Judged((TestVerdict(KATA.tests[0], 1, False, "fixture", "no disk", 0.1),), ())
NOTHING = Judged((), ())


class Played:
    """An examiner that says what it is told to, attempt by attempt."""

    def __init__(self, *outcomes: Judged | Exception, reference_passes: bool = True) -> None:
        self.said: list[str] = []
        self._outcomes = list(outcomes)
        self._passes = reference_passes

    def judge(self, *_: Any) -> Judged:
        self.said.append("submission")
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def reference_passes(self, _: Kata) -> bool:
        self.said.append("reference")
        return self._passes


def grade(examiner: Any, submission: Submission = THEIRS) -> Result:
    grader = Grader(PARENT, "1")
    grader._examiner = examiner
    return grader.grade(submission)


@pytest.mark.parametrize(
    "error",
    [
        GuardFault("no"),
        EngineError("no"),
        OSError(28, "no space left"),
        KeyError("Nonsense"),
        RecursionError("too deep"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        MemoryError(),
        ValueError("caf\udce9\x1b[31m\n::error::forged"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_failure_before_the_submission_is_there_is_never_its_zero(error: Exception) -> None:
    played = Played(error, error)
    result = grade(played)

    assert (result.verdict, result.earned) == ("grader-error", None)
    assert type(error).__name__ in result.advice
    assert result.advice.isprintable()
    assert played.said == ["submission", "submission"]
    assert Result.model_validate_json(result.model_dump_json()) == result


@pytest.mark.parametrize("blamed", [True, False])
def test_end_of_a_log_is_told_but_to_nobody_who_is_blamed(blamed: bool) -> None:
    broke = Broke("GuardFault: it is gone", "OSError: no memory")
    result = grade(Played(broke, broke, reference_passes=blamed))

    assert result.verdict == ("crashed" if blamed else "grader-error")
    assert "GuardFault: it is gone" in result.advice
    assert ("; its log ends: OSError: no memory" in result.advice) == (not blamed)


@pytest.mark.parametrize(
    "fault",
    [Broke("RecursionError: too deep"), FIXTURE, NOTHING],
    ids=["exception", "fixture", "no tests"],
)
def test_what_fails_twice_while_the_reference_passes_is_theirs(fault: Any) -> None:
    played = Played(fault, fault)
    result = grade(played)

    assert played.said == ["submission", "reference", "submission"]
    assert result.verdict in ("crashed", "raised")
    assert result.earned == 0


@pytest.mark.parametrize("fault", [Broke("RecursionError: too deep"), FIXTURE, NOTHING])
def test_what_fails_while_the_reference_fails_too_is_the_graders(fault: Any) -> None:
    result = grade(Played(fault, fault, reference_passes=False))

    assert (result.verdict, result.earned) == ("grader-error", None)


def test_what_fails_once_with_and_once_without_the_submission_is_the_graders() -> None:
    for first, second in ((Broke("x"), EngineError("y")), (EngineError("y"), Broke("x"))):
        assert grade(Played(first, second)).verdict == "grader-error"


@pytest.mark.parametrize("fault", [Broke("x"), EngineError("y"), FIXTURE], ids=repr)
def test_what_fails_once_is_judged_again(fault: Any) -> None:
    result = grade(Played(fault, RIGHT))

    assert (result.verdict, result.earned) == ("passed", KATA.points)


@pytest.mark.slow
def test_second_time_it_is_judged_alone() -> None:
    """Six at a time, of whom two fail at first: nobody is at work while one is tried again."""
    at_work: list[str] = []
    beside: list[list[str]] = []
    failed: set[str] = set()
    meet = threading.Barrier(6)
    lock = threading.Lock()

    def judge(_: Kata, content: bytes) -> Judged:
        name = content.decode()
        with lock:
            is_again = name in failed
            failed.add(name)
            at_work.append(name)
            if is_again:
                beside.append([*at_work])
        if not is_again:
            meet.wait(60)
        with lock:
            at_work.remove(name)
        if name in ("x = 1", "x = 4") and not is_again:
            raise Broke("OSError: no space left on device")
        return RIGHT

    grader = Grader(PARENT, "1")
    grader._examiner = SimpleNamespace(judge=judge, reference_passes=lambda _: True)  # type: ignore[assignment]
    them = [dataclasses.replace(THEIRS, content=b"x = %d" % number) for number in range(6)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(grader.grade, them))

    assert [one.verdict for one in results] == ["passed"] * 6
    assert sorted(beside) == [["x = 1"], ["x = 4"]]


def test_tampering_without_a_test_is_no_failure_of_the_grader() -> None:
    result = grade(Played(Judged((), (), tampered="a report that is none: \x1b[31m\udce9")))

    assert (result.verdict, result.earned) == ("tampering", 0)
    assert result.notes[-1] == "tampering: a report that is none: \\udce9"


def test_task_that_hangs_hangs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task costs one wait in the examination; two of them cost one in the tests as well."""
    scenarios = examination.scenarios_of(KATA)
    asked: list[tuple[str, ...]] = []
    played: list[str] = []
    tested: list[Any] = []

    def examine(name: str, scenario: Any, *_: Any) -> ScenarioVerdict:
        played.append(name)
        hangs = 1 in scenario.tasks or 4 in scenario.tasks
        verdict = "timeout" if hangs else "passed"
        return ScenarioVerdict(scenario=name, tasks=scenario.tasks, verdict=verdict)

    def run(*words: Any) -> Any:
        asked.append(tuple(words[4]))
        tested.append(words[3])
        return GREEN, "passed", ""

    monkeypatch.setattr(examination, "_examine", examine)
    monkeypatch.setattr(examination, "run_tests", run)
    examiner = Examiner(PARENT, "1")
    desks = [(name, one, SimpleNamespace()) for name, one in scenarios.items()]
    examiner._desks = lambda *_: iter(desks * 2)  # type: ignore[assignment,method-assign,return-value]
    box: Any = SimpleNamespace(limits=Limits())
    expected: dict[str, Any] = {name: {} for name in scenarios}
    judged = examiner._judge_in(box, box, KATA, "test_bird", expected, True, True)

    lost = [one for one in judged.scenarios if one.verdict == "timeout"]
    assert len(judged.scenarios) == 2 * len(scenarios)
    assert all({1, 4} & set(one.tasks) for one in lost)
    assert len(played) == len(judged.scenarios) - sum("not played" in one.message for one in lost)
    assert 0 < len(played) < len(judged.scenarios) - len(scenarios) // len(KATA.tasks)
    first, fourth = KATA.tasks[0].tests, KATA.tasks[3].tests
    assert asked == [
        (
            first[0],
            *KATA.tasks[1].tests,
            *KATA.tasks[2].tests,
            fourth[0],
            *KATA.tasks[4].tests,
            "test_bird",
        )
    ]
    assert tested == [examination._AFTER_A_HANG_S[0]]
    assert judged.verdict == "timeout"


def test_examiner_tells_before_from_after(monkeypatch: pytest.MonkeyPatch) -> None:
    examiner = Examiner(PARENT, "1")
    monkeypatch.setattr(examiner, "_expected_of", lambda _: {})

    class Opens:
        def __init__(self, before: Any = None, inside: Any = None, after: Any = None) -> None:
            self.before, self.inside, self.after = before, inside, after

        def __call__(self, *_: Any) -> Any:
            return self

        def __enter__(self) -> Any:
            if self.before:
                raise self.before
            return SimpleNamespace(limits=Limits()), None

        def __exit__(self, *_: object) -> None:
            if self.after:
                raise self.after

    def run(*_: Any) -> Any:
        if opens.inside:
            raise opens.inside
        return GREEN, "passed", ""

    monkeypatch.setattr(examination, "run_tests", run)
    monkeypatch.setattr(examiner, "_desks", lambda *_: iter(()))
    for opens, expected in (
        (Opens(before=EngineError("x")), EngineError),
        (Opens(inside=KeyError("x")), Broke),
        (Opens(after=RecursionError("x")), Broke),
    ):
        monkeypatch.setattr(examiner, "_sandbox", opens)
        with pytest.raises(expected):
            examiner.judge(KATA, b"")
        assert not examiner.reference_passes(KATA)
    opens = Opens()
    monkeypatch.setattr(examiner, "_sandbox", opens)
    assert examiner.judge(KATA, b"").tests == GREEN
    assert examiner.reference_passes(KATA)


@pytest.mark.parametrize(
    "noted",
    [[[]], 10**5000, object(), float("nan"), "\udce9" * 10**5],
    ids=["deep", "huge", "object", "nan", "long"],
)
def test_whatever_a_scenario_notes_is_a_verdict(noted: Any) -> None:
    deep = noted
    for _ in range(5000 if noted == [[]] else 0):
        deep = [deep]

    def scenario(desk: Any) -> None:
        desk.evidence = {f"what \ud800 {number}": deep for number in range(100)}

    scenario.tasks = (1,)  # type: ignore[attr-defined]
    desk: Any = SimpleNamespace(evidence={}, unasked=[], replay=lambda _: "")
    said = examination._examine("s", scenario, desk, {"what \ud800 0": [deep]})

    assert said.verdict == "wrong"
    assert len(said.differences) <= 50
    assert ScenarioVerdict.model_validate_json(said.model_dump_json()) == said


@pytest.mark.parametrize("error", [OSError("no"), MemoryError(), SystemError("depth mismatch")])
def test_what_may_be_the_machines_own_is_no_verdict_of_a_scenario(error: Exception) -> None:
    def scenario(_: Any) -> None:
        raise error

    scenario.tasks = (1,)  # type: ignore[attr-defined]
    desk: Any = SimpleNamespace(evidence={}, unasked=[], replay=lambda _: "")

    with pytest.raises(type(error)):
        examination._examine("s", scenario, desk, {})


@pytest.fixture
def copied(tmp_path: Path) -> Kata:
    for folder in (f"katas/{KATA.id}", f"reference/{KATA.id}"):
        shutil.copytree(PACKAGE_ROOT / folder, tmp_path / folder)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copyfile(PACKAGE_ROOT / name, tmp_path / name)
    return find_kata(load_catalog(tmp_path), "02")


def test_kata_that_changes_meanwhile_is_not_graded(copied: Kata) -> None:
    def judge(*_: Any) -> Judged:
        copied.test_file.write_text("def test_nothing(): pass\n", encoding="utf-8")
        return RIGHT

    result = grade(
        SimpleNamespace(judge=judge), Submission("anna", copied, "class/anna", b"x = 1\n")
    )

    assert (result.verdict, result.earned) == ("grader-error", None)
    assert f"{copied.id} has changed since this process began" in result.advice


@pytest.mark.parametrize("is_there", [True, False])
def test_kata_whose_examination_is_elsewhere_is_marked_by_its_tests(
    is_there: bool, copied: Kata
) -> None:
    if not is_there:
        copied.exam_file.unlink()
    result = grade(Played(RIGHT), Submission("anna", copied, "class/anna", b"x = 1\n"))

    assert (result.verdict, result.earned) == ("passed", copied.points)
    why = (
        "no scenario examines task 1, 2, 3, 4, 5"
        if is_there
        else "this kata has no examination here"
    )
    assert result.notes == (f"tests only: {why}",)
    assert result.advice.endswith("right; on its own word alone: task 1, 2, 3, 4, 5")


def test_task_of_which_nothing_firm_is_seen_is_never_plainly_passed() -> None:
    kata = find_kata(load_catalog(PACKAGE_ROOT), "04")
    tests = tuple(TestVerdict(one, None, True, "passed", "", 0.1) for one in kata.tests)
    scenarios = [
        ScenarioVerdict(scenario=name, tasks=tasks_of(one), verdict="passed")
        for name, one in scenarios_of(kata).items()
    ]
    judged = Judged(tests, tuple(scenarios))
    result = grade(Played(judged), Submission("anna", kata, "class/anna", b"x = 1\n"))

    assert (result.verdict, result.earned) == ("passed", kata.points)
    assert result.advice == "all of it is right; on its own word alone: task 4"
    assert [task.rests_on for task in result.tasks][::3] == [("answer", "word"), ("word",)]


# --- On a worker of a cluster


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have sandboxes do nothing, and note what the reference plays."""
    names: list[str] = []

    class Opened:
        def __enter__(self) -> Any:
            return SimpleNamespace(port=1, limits=Limits(), folder=Path()), SimpleNamespace()

        def __exit__(self, *_: object) -> None: ...

    def play(kata: Kata, name: str, scenario: Any, desk: Desk) -> None:
        names.append(f"{kata.id} {name}")

    def examine(name: str, scenario: Any, *_: Any) -> ScenarioVerdict:
        return ScenarioVerdict(scenario=name, tasks=scenario.tasks, verdict="passed")

    monkeypatch.setattr(cluster, "_warm", cluster._Warm())
    monkeypatch.setattr(cluster, "_start", lambda *_: PARENT)
    monkeypatch.setattr(cluster, "find_root", lambda: PACKAGE_ROOT)
    monkeypatch.setattr(Examiner, "_sandbox", lambda *_: Opened())
    monkeypatch.setattr(examination, "_have_reference_play", play)
    monkeypatch.setattr(examination, "_examine", examine)
    monkeypatch.setattr(examination, "run_tests", lambda *_: (GREEN, "passed", ""))
    return names


def on_worker(learner: str, seed: str = "1") -> Result:
    one = Submission(learner, KATA, learner, learner.encode())
    return cluster._grade(cluster.pack(one, seed, "strict", Limits()))


@pytest.mark.slow
def test_reference_plays_once_a_worker_and_seed(played: list[str]) -> None:
    scenarios = len(examination.scenarios_of(KATA))
    for learner in ("anna", "ben", "cleo"):
        assert on_worker(learner).verdict == "passed"
    assert len(played) == len(set(played)) == scenarios

    assert on_worker("anna", seed="2").verdict == "passed"
    assert len(played) == 2 * scenarios
    on_worker("dan")
    assert len(played) == 2 * scenarios


@pytest.mark.slow
def test_worker_remembers_no_more_batches_than_it_must(played: list[str]) -> None:
    for seed in range(20):
        on_worker("anna", seed=str(seed))

    assert len(cluster._warm._graders) == cluster._MOST_GRADERS
    assert len(cluster._warm._parents) == 1


def test_worker_whose_files_have_changed_grades_nothing(
    played: list[str], copied: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_root", lambda: copied.root)
    one = Submission("anna", copied, "a", b"x = 1\n")
    assert cluster._grade(cluster.pack(one, "1", "strict", Limits())).verdict == "passed"
    copied.reference_file.write_text("# another\n", encoding="utf-8")

    with pytest.raises(cluster._Unfit, match="has changed since this process began: start it"):
        cluster._grade(cluster.pack(one, "1", "strict", Limits()))


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["zoë", "a\udce9b", "\x1b[31mred", "::error::x"])
def test_result_of_a_worker_is_known_again_whatever_the_name(
    learner: str, played: list[str]
) -> None:
    pytest.importorskip("distributed")
    one = Submission(learner, KATA, learner, b"x = 1\n")
    result = cluster._grade(cluster.pack(one, "1", "strict", Limits()))
    outcome = {"worker": "tcp://a", "result": result.model_dump_json()}

    assert cluster.unpack(outcome, one, "1", "strict") == result
    assert result.binding == bind(one, "1", "strict")
    outcome["result"] = outcome["result"].replace('"seconds":', '"seconds":null,"x":')
    assert cluster.unpack(outcome, one, "1", "strict").verdict == "grader-error"
