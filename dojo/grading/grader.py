"""Grade one submission: from a file to a result, whatever goes wrong on the way."""

from __future__ import annotations

import dataclasses
import time

from dojo.catalog.kata import Kata
from dojo.exam.examiner import Broke, Examiner, scenarios_of
from dojo.exam.marks import Judged, TaskMark, Verdict, mark_tasks, verdict_of_test
from dojo.exam.stage import grounds_of
from dojo.grading.binding import bind, check_unchanged
from dojo.grading.results import Binding, Result
from dojo.grading.turns import Turns
from dojo.ground.safe_text import shorten, with_log
from dojo.intake.submission import Submission
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.walls import Level

_ADVICE: dict[Verdict, str] = {
    "passed": "all of it is right",
    "timeout": "it came to no end in time: look for a loop or a wait without an end",
    "memory": "it used more memory than a submission has",
    "crashed": "its process was killed",
    "exited": "it ended the process: a task must return or raise",
    "tampering": "it changed what judges it: look at this one by hand",
}


@dataclasses.dataclass(frozen=True)
class _Case:
    """A submission in hand: what its result will hold for, and since when it is in hand."""

    submission: Submission
    binding: Binding
    started: float


@dataclasses.dataclass(frozen=True)
class _Fault:
    """Why an attempt gave no result.

    Attributes:
        why: In one line.
        is_perhaps_theirs: Whether the submission was there when it happened.
        judged: What was said all the same; None when nothing was.
        log: How the log of what failed ends, if that is known apart: for no learner who is blamed.
    """

    why: str
    is_perhaps_theirs: bool
    judged: Judged | None = None
    log: str = ""


class Grader:
    """Grades with one warm parent and one seed; may be used from several threads."""

    def __init__(self, parent: Parent, seed: str) -> None:
        """Use a parent whose walls were tried."""
        self._parent = parent
        self._seed = seed
        self._examiner = Examiner(parent, seed)
        self._turns = Turns()

    def grade(self, submission: Submission) -> Result:
        """Grade one submission.

        Args:
            submission: What was handed in.

        Returns:
            The result, lateness not yet taken off; `grader-error`, without a mark, when the
            grader itself failed twice.
        """
        binding = bind(submission, self._seed, self._parent.level)
        case = _Case(submission, binding, time.perf_counter())
        if submission.content is None:
            return _result(case, "unreadable", submission.fault, earned=0)
        with self._turns.among_others():
            first = self._attempt(case, submission.content)
        if isinstance(first, Result):
            return first
        # Alone: what a neighbour did, who filled the disk or the memory, is not done to it again.
        with self._turns.alone():
            return self._attempt_again(case, submission.content, first)

    def _attempt_again(self, case: _Case, content: bytes, first: _Fault) -> Result:
        """Judge a second time; of what fails each time, say whose doing it is."""
        submission = case.submission
        is_perhaps_theirs = first.is_perhaps_theirs and self._examiner.reference_passes(
            submission.kata
        )
        second = self._attempt(case, content)
        if isinstance(second, Result):
            return second
        if is_perhaps_theirs and second.is_perhaps_theirs:
            return self._blame(case, second)
        return _result(case, "grader-error", _why_not(second.why, second.log), earned=None)

    def _attempt(self, case: _Case, content: bytes) -> Result | _Fault:
        """Judge once; whatever goes wrong here must not reach the other submissions."""
        kata = case.submission.kata
        try:
            check_unchanged(kata)
            judged = self._examiner.judge(kata, content)
            check_unchanged(kata)
        except Broke as error:
            return _Fault(str(error), True, log=error.log)
        except Exception as error:
            return _Fault(f"{type(error).__name__}: {error}", False)
        try:
            if judged.verdict == "grader-error":
                return _Fault(_fault_of(judged), True, judged)
            return self._mark(case, judged)
        except Exception as error:
            return _Fault(f"{type(error).__name__}: {error}", True)

    def _blame(self, case: _Case, fault: _Fault) -> Result:
        """Mark what fails each time, while the reference passes in between: it does that itself."""
        if fault.judged is not None:
            return self._mark(case, fault.judged.blame_submission())
        advice = f"twice it broke the sandbox that it ran in, the reference did not: {fault.why}"
        return _result(case, "crashed", advice, earned=0)

    def _mark(self, case: _Case, judged: Judged) -> Result:
        kata = case.submission.kata
        grounds = grounds_of(scenarios_of(kata).values())
        tasks = mark_tasks(kata, list(judged.tests), list(judged.scenarios), grounds)
        if judged.tampered:
            tasks = tuple(_only_examined(task) for task in tasks)
        verdict = judged.verdict
        if verdict == "passed" and not all(task.counts for task in tasks):
            verdict = "wrong"
        notes = list(case.submission.notes)
        differ = [str(task.number) for task in tasks if task.judges_differ]
        if differ:
            notes.append(f"tests and examination differ on task {', '.join(differ)}")
        unexamined = [str(task.number) for task in tasks if task.examined == "unexamined"]
        if unexamined and not scenarios_of(kata):
            notes.append("tests only: this kata has no examination here")
        elif unexamined:
            notes.append(f"tests only: no scenario examines task {', '.join(unexamined)}")
        if judged.tampered:
            notes.append(f"tampering: {judged.tampered}")
        return _result(
            case,
            verdict,
            _advice(verdict, judged, tasks),
            earned=sum(task.earned for task in tasks),
            tasks=tasks,
            judged=judged,
            notes=tuple(notes),
        )


def not_graded(submission: Submission, seed: str, level: Level, why: str) -> Result:
    """Return the result of a submission that the grader failed to grade: no mark, never a zero."""
    case = _Case(submission, bind(submission, seed, level), time.perf_counter())
    return _result(case, "grader-error", _why_not(why), earned=None)


def _why_not(fault: str, log: str = "") -> str:
    return f"not graded: {with_log(shorten(fault, 500), log)}; grade it again"


def _result(
    case: _Case,
    verdict: Verdict,
    advice: str,
    *,
    earned: float | None,
    tasks: tuple[TaskMark, ...] = (),
    judged: Judged | None = None,
    notes: tuple[str, ...] | None = None,
) -> Result:
    submission = case.submission
    return Result(
        learner=submission.learner,
        kata=submission.kata.id,
        source=submission.source,
        verdict=verdict,
        advice=advice,
        points=submission.kata.points,
        earned=earned,
        tasks=tasks or _no_marks(submission.kata),
        tests=judged.tests if judged else (),
        scenarios=judged.scenarios if judged else (),
        submitted=submission.submitted,
        notes=submission.notes if notes is None else notes,
        seconds=round(time.perf_counter() - case.started, 3),
        binding=case.binding,
    )


def _no_marks(kata: Kata) -> tuple[TaskMark, ...]:
    return tuple(
        TaskMark(
            number=number, points=task.points, earned=0, tests_passed=False, examined="unexamined"
        )
        for number, task in enumerate(kata.tasks, start=1)
    )


def _only_examined(task: TaskMark) -> TaskMark:
    """A green test means nothing where the judge was changed: only the examination counts."""
    earned = task.points if task.examined == "agrees" and task.tests_passed else 0
    return task.model_copy(update={"earned": earned})


def _fault_of(judged: Judged) -> str:
    broken = [one for one in judged.tests if verdict_of_test(one) == "grader-error"]
    return f"{broken[0].test}: {broken[0].message}" if broken else "the tests gave no verdict"


def _advice(verdict: Verdict, judged: Judged, tasks: tuple[TaskMark, ...]) -> str:
    advice = _short_advice(verdict, judged)
    own = [str(task.number) for task in tasks if task.is_own_word]
    return f"{advice}; on its own word alone: task {', '.join(own)}" if own else advice


def _short_advice(verdict: Verdict, judged: Judged) -> str:
    if verdict in ("wrong", "raised"):
        red = [test for test in judged.tests if not test.passed]
        bad = [one for one in judged.scenarios if one.verdict != "passed"]
        told = f"{len(red)} of {len(judged.tests)} tests red"
        if judged.scenarios:
            told += f", {len(bad)} of {len(judged.scenarios)} scenarios differ"
        return told
    return _ADVICE.get(verdict, verdict)
