"""Grade one submission: from a file to a result, whatever goes wrong on the way."""

from __future__ import annotations

import time

from dojo.catalog import Kata
from dojo.engines.templates import EngineError
from dojo.grading.binding import bind
from dojo.grading.examination import Examiner, Judged, scenarios_of
from dojo.grading.guard import GuardFault, Parent
from dojo.grading.marks import (
    LatePolicy,
    Result,
    TaskMark,
    Verdict,
    mark_tasks,
    verdict_of_test,
)
from dojo.grading.sandbox import Level
from dojo.grading.submission import Submission

NO_DATE = "no date: lateness not judged"
_ADVICE: dict[Verdict, str] = {
    "passed": "all of it is right",
    "timeout": "it came to no end in time: look for a loop or a wait without an end",
    "memory": "it used more memory than a submission has",
    "crashed": "its process was killed by a signal",
    "exited": "it ended the process: a task must return or raise",
    "tampering": "it changed what judges it: look at this one by hand",
}


class Grader:
    """Grades with one warm parent and one seed; may be used from several threads."""

    def __init__(self, parent: Parent, seed: str) -> None:
        """Use a parent whose walls were tried."""
        self._parent = parent
        self._seed = seed
        self._examiner = Examiner(parent, seed)

    def grade(self, submission: Submission) -> Result:
        """Grade one submission.

        Args:
            submission: What was handed in.

        Returns:
            The result, lateness not yet taken off; `grader-error`, without a mark, when the
            grader itself failed twice.
        """
        started = time.perf_counter()
        if submission.content is None:
            return self._result(submission, "unreadable", submission.fault, started, earned=0)
        fault = ""
        for attempt in range(2):
            try:
                judged = self._examiner.judge(submission.kata, submission.content)
            except (GuardFault, EngineError, OSError) as error:
                fault = f"{type(error).__name__}: {error}"
                continue
            if judged.verdict != "grader-error":
                return self._mark(submission, judged, started)
            fault = _fault_of(judged)
            if attempt and judged.tests and self._examiner.reference_is_green(submission.kata):
                # What breaks only where the submission is, the submission has broken.
                return self._mark(submission, judged.blame_submission(), started)
        return not_graded(submission, self._seed, self._parent.level, fault, started)

    def _mark(self, submission: Submission, judged: Judged, started: float) -> Result:
        kata = submission.kata
        tasks = mark_tasks(kata, list(judged.tests), list(judged.scenarios))
        if judged.tampered:
            tasks = tuple(_only_examined(task) for task in tasks)
        verdict = judged.verdict
        if verdict == "passed" and not all(task.counts for task in tasks):
            verdict = "wrong"
        notes = list(submission.notes)
        differ = [str(task.number) for task in tasks if task.judges_differ]
        if differ:
            notes.append(f"tests and examination differ on task {', '.join(differ)}")
        unexamined = [str(task.number) for task in tasks if task.examined == "unexamined"]
        if unexamined:
            which = f"task {', '.join(unexamined)}" if scenarios_of(kata) else "this kata"
            notes.append(f"tests only: no scenario examines {which}")
        if judged.tampered:
            notes.append(f"tampering: {judged.tampered}")
        return self._result(
            submission,
            verdict,
            _advice(verdict, judged),
            started,
            earned=sum(task.earned for task in tasks),
            tasks=tasks,
            judged=judged,
            notes=tuple(notes),
        )

    def _result(
        self,
        submission: Submission,
        verdict: Verdict,
        advice: str,
        started: float,
        *,
        earned: float,
        tasks: tuple[TaskMark, ...] = (),
        judged: Judged | None = None,
        notes: tuple[str, ...] | None = None,
    ) -> Result:
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
            seconds=round(time.perf_counter() - started, 3),
            binding=bind(submission, self._seed, self._parent.level),
        )


def not_graded(
    submission: Submission, seed: str, level: Level, why: str, started: float | None = None
) -> Result:
    """Return the result of a submission that the grader failed to grade: no mark, never a zero."""
    return Result(
        learner=submission.learner,
        kata=submission.kata.id,
        source=submission.source,
        verdict="grader-error",
        advice=f"not graded: {why[:500]}; grade it again",
        points=submission.kata.points,
        earned=None,
        tasks=_no_marks(submission.kata),
        submitted=submission.submitted,
        notes=submission.notes,
        seconds=0.0 if started is None else round(time.perf_counter() - started, 3),
        binding=bind(submission, seed, level),
    )


def apply_lateness(result: Result, policy: LatePolicy) -> Result:
    """Take off what the submission's own date costs; the date of grading has no say."""
    if policy.deadline is not None and result.submitted is None:
        return result.model_copy(update={"notes": (*result.notes, NO_DATE)})
    late_days = policy.late_days(result.submitted)
    if result.earned is None or not late_days:
        return result
    earned = policy.reduce(result.earned, late_days)
    return result.model_copy(update={"earned": earned, "late_days": late_days})


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


def _advice(verdict: Verdict, judged: Judged) -> str:
    if verdict in ("wrong", "raised"):
        red = [test for test in judged.tests if not test.passed]
        bad = [one for one in judged.scenarios if one.verdict != "passed"]
        told = f"{len(red)} of {len(judged.tests)} tests red"
        if judged.scenarios:
            told += f", {len(bad)} of {len(judged.scenarios)} scenarios differ"
        return told
    return _ADVICE.get(verdict, verdict)
