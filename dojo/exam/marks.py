"""Say what a submission is worth, and on what that rests: the typed record of one result.

A result is one learner's one kata. Two judgements stand behind it: the pristine tests, which ran
in one process with the submission, and the examination, which did not. A task counts where both
agree; a task that no scenario examines counts on its tests, and says so.

Whatever is in a record can be written, read back and printed: its numbers are finite, its texts
are plain and not too long. Its types see to that, whoever makes it or changes a copy.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import Cause, Seconds, TestVerdict
from dojo.ground import safe_text as plain
from dojo.ground.endings import Ending, Kind

if TYPE_CHECKING:
    from typing_extensions import Self

SCHEMA: Literal[1] = 1

Verdict = Literal[
    "passed",  # tests and examination agree that all of it is right
    "wrong",  # something asked for is not what was seen
    "raised",  # the submission raised what nobody asked it to raise
    "timeout",  # it came to no end, and was stopped
    "memory",  # it used more memory than a submission has
    "crashed",  # its process was killed by a signal
    "exited",  # it ended the process
    "unreadable",  # there is nothing to grade: no file, an archive that is none
    "tampering",  # it changed what judges it: a test that must fail came out green
    "grader-error",  # the grader's own failure: no mark, never a zero
]
Feedback = Literal["full", "actual-only", "none"]
Examined = Literal["agrees", "differs", "unexamined"]

# What a result is called when its parts say several things: the first that one of them says.
_GRAVEST: tuple[Verdict, ...] = (
    "grader-error",
    "unreadable",
    "tampering",
    "memory",
    "timeout",
    "crashed",
    "exited",
    "raised",
    "wrong",
    "passed",
)

_VERDICT_OF_CAUSE: dict[Cause, Verdict] = {
    "passed": "passed",
    "stub": "wrong",
    "assertion": "wrong",
    "missing": "wrong",
    "skipped": "wrong",
    "exception": "raised",
    "import": "raised",
    "exit": "exited",
    "hang": "timeout",
    "fixture": "grader-error",
}

_VERDICT_OF_ENDING: dict[Kind, Verdict] = {
    "exited": "exited",
    "killed": "crashed",
    "stopped": "exited",
    "timeout": "timeout",
    "memory": "memory",
    "output": "raised",
}
# What can end what held the submission; a test that fails by itself ends nothing.
_CAUSES_OF_AN_END: tuple[Cause, ...] = ("exception", "import", "exit", "hang")


def _one_line(text: str) -> str:
    return plain.one_line(text, 1000)


MOST_OUTPUT = 1200  # characters of what a test printed


def _plain_test(test: TestVerdict) -> TestVerdict:
    name, message = plain.name(test.test), plain.plain(test.message)
    output = plain.plain(test.output, MOST_OUTPUT)
    return dataclasses.replace(test, test=name, message=message, output=output)


Text = Annotated[str, AfterValidator(plain.plain)]
Line = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[str, AfterValidator(plain.name)]
Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values, which must be as good as the first ones."""
        del deep  # it cannot be changed
        return type(self).model_validate({**dict(self), **(update or {})})


class Difference(_Record):
    """One thing in which a submission's evidence is not the reference's.

    Attributes:
        what: What was looked at: `requests made`, `returned`.
        seen: What the submission did, as text.
        expected: What the reference did, as text; None where feedback may not say it.
    """

    what: Line
    seen: Text
    expected: Text | None


class ScenarioVerdict(_Record):
    """What the examination said about one scenario.

    Attributes:
        scenario: Its name.
        tasks: The numbers of the tasks that it examines.
        verdict: Passed when the evidence is the reference's.
        message: What ended it early, if something did.
        differences: Where the evidence differs.
        at_import: Whether the submission could not even be imported.
        seconds: How long it took.
    """

    scenario: Name
    tasks: tuple[int, ...]
    verdict: Verdict
    message: Text = ""
    differences: tuple[Difference, ...] = ()
    at_import: bool = False
    seconds: Seconds = 0.0


class TaskMark(_Record):
    """What one task is worth.

    Attributes:
        number: The task's number, from 1.
        points: What it may earn.
        earned: What it earned, before lateness.
        tests_passed: Whether all its pristine tests ran and were green.
        examined: What the examination says; `unexamined` when no scenario asks for this task.
    """

    number: int
    points: Points
    earned: Points
    tests_passed: bool
    examined: Examined

    @property
    def counts(self) -> bool:
        """Say whether the task is solved."""
        return self.tests_passed and self.examined != "differs"

    @property
    def judges_differ(self) -> bool:
        """Say whether the two judgements contradict each other."""
        return self.examined != "unexamined" and self.tests_passed != (self.examined == "agrees")


class Binding(_Record):
    """What a result holds for: the same of all this gives the same mark.

    Attributes:
        submission: SHA-256 of the graded files.
        kata: SHA-256 of the kata, its reference and its scenarios.
        grader: Version of the dojo and SHA-256 of its code.
        lock: SHA-256 of the versions of the installed packages.
        python: The Python that ran it.
        seed: The seed of the scenarios.
        level: The sandbox that was reached.
    """

    submission: str
    kata: str
    grader: str
    lock: str
    python: str
    seed: Name
    level: str


class Result(_Record):
    """One learner's one kata.

    Attributes:
        learner: From the roster or the path, never from the submission.
        kata: The kata's id.
        source: Where the submission came from, as the grader was told.
        verdict: In one word.
        advice: In one line: what happened, and what to do about it.
        points: What the kata may earn.
        earned: What it earned, lateness taken off; None when the grader itself failed.
        tasks: Task by task; empty when there was nothing to grade.
        tests: The first judgement, test by test.
        scenarios: The second judgement, scenario by scenario.
        submitted: The submission's own date; None when it has none.
        late_days: Days after the deadline, begun ones counted; 0 without deadline or date.
        notes: What the instructor should know: files left out, duplicates, judgements that differ.
        seconds: How long the grading took.
        binding: What all of it holds for.
        signature: `hmac-sha256:...` over all the rest; empty when not signed.
    """

    learner: Name
    kata: Name
    source: Name
    verdict: Verdict
    advice: Line
    points: Points
    earned: Points | None
    tasks: tuple[TaskMark, ...] = ()
    tests: tuple[Annotated[TestVerdict, AfterValidator(_plain_test)], ...] = ()
    scenarios: tuple[ScenarioVerdict, ...] = ()
    submitted: datetime.datetime | None = None
    late_days: int = 0
    notes: tuple[Line, ...] = ()
    seconds: Seconds = 0.0
    binding: Binding
    signature: str = ""

    @model_validator(mode="after")
    def _earned_is_within_points(self) -> Result:
        if self.earned is not None and self.earned > self.points:
            raise ValueError(f"{self.earned} of {self.points} points is no mark")
        return self


class Results(_Record):
    """The content of `results.json`.

    Attributes:
        schema_version: Of this record.
        feedback: How much the results say.
        results: By learner and kata.
        ungraded: Why some of what was named gave no result at all, a line each.
    """

    schema_version: Literal[1] = SCHEMA
    feedback: Feedback
    results: tuple[Result, ...]
    ungraded: tuple[Line, ...] = ()


class LatePolicy(_Record):
    """What a late day costs.

    Attributes:
        deadline: The last moment in time; None: nothing is late.
        percent_a_day: Taken off what was earned for each day begun after it.
        at_most_percent: All late days together take off no more.
        grace_minutes: A day is begun only when so many minutes of it are over.
    """

    deadline: datetime.datetime | None = None
    percent_a_day: Annotated[float, Field(ge=0, le=100)] = 10.0
    at_most_percent: Annotated[float, Field(ge=0, le=100)] = 100.0
    grace_minutes: Annotated[float, Field(ge=0, lt=24 * 60)] = 0.0

    def late_days(self, submitted: datetime.datetime | None) -> int:
        """Count the days begun between deadline and submission, as the deadline's clocks show them.

        Args:
            submitted: The submission's own date; a regrade does not change it.

        Returns:
            The number; 0 when in time, or when there is no deadline or no date.
        """
        if self.deadline is None or submitted is None:
            return 0
        deadline, submitted = _aware(self.deadline), _aware(submitted)
        grace = datetime.timedelta(minutes=self.grace_minutes)
        # Python subtracts within one zone by its clock, which a change of the clock moves.
        utc = datetime.timezone.utc
        if submitted.astimezone(utc) - deadline.astimezone(utc) <= grace:
            return 0
        there = submitted.astimezone(deadline.tzinfo).replace(tzinfo=None)
        by_the_clock = there - deadline.replace(tzinfo=None) - grace
        return max(math.ceil(by_the_clock / datetime.timedelta(days=1)), 1)

    def reduce(self, earned: float, late_days: int) -> float:
        """Return what is left of `earned` points after `late_days`."""
        percent = min(self.percent_a_day * late_days, self.at_most_percent)
        return round(earned * (100 - percent) / 100, 2)


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def mark_tasks(
    kata: Kata, tests: list[TestVerdict], scenarios: list[ScenarioVerdict]
) -> tuple[TaskMark, ...]:
    """Give points task by task.

    Args:
        kata: The kata.
        tests: What the pristine tests said. A task needs every one that it lists: a test that did
            not run was not passed, one that no task lists is worth nothing.
        scenarios: What the examination said.

    Returns:
        One mark a task, in order.
    """
    green = {test.test.split("[", 1)[0] for test in tests if test.passed}
    red = {test.test.split("[", 1)[0] for test in tests if not test.passed}
    marks = []
    for number, task in enumerate(kata.tasks, start=1):
        said = [one.verdict == "passed" for one in scenarios if number in one.tasks]
        examined: Examined = "unexamined" if not said else "agrees" if all(said) else "differs"
        tests_passed = set(task.tests) <= green - red
        counts = tests_passed and examined != "differs"
        marks.append(
            TaskMark(
                number=number,
                points=task.points,
                earned=task.points if counts else 0,
                tests_passed=tests_passed,
                examined=examined,
            )
        )
    return tuple(marks)


def verdict_of_ending(ending: Ending) -> Verdict:
    """Return as a verdict how what held the submission ended."""
    return _VERDICT_OF_ENDING[ending.kind]


def verdict_of_test(test: TestVerdict) -> Verdict:
    """Return a test's cause, or what came to its end with it, as a verdict."""
    if test.ending is not None and test.cause in _CAUSES_OF_AN_END:
        return verdict_of_ending(test.ending)
    return _VERDICT_OF_CAUSE[test.cause]


def gravest(verdicts: list[Verdict]) -> Verdict:
    """Return the one that a result is called by; `grader-error` when there is none at all."""
    return next((one for one in _GRAVEST if one in verdicts), "grader-error")


def with_feedback(result: Result, feedback: Feedback) -> Result:
    """Return what a learner may be told of a result.

    Args:
        result: All that is known.
        feedback: `full`; `actual-only`: what was seen, never what was expected; `none`: marks.

    Returns:
        The result with the rest left out, unsigned.
    """
    changes: dict[str, Any] = {"signature": ""}
    if feedback != "full":
        changes["tests"] = tuple(_test_with_less(test, feedback) for test in result.tests)
        changes["scenarios"] = tuple(_with_less(one, feedback) for one in result.scenarios)
    return result.model_copy(update=changes)


def _test_with_less(test: TestVerdict, feedback: Feedback) -> TestVerdict:
    # A test's message names what it expected, in prose: there is no taking it apart.
    output = test.output if feedback == "actual-only" else ""
    return dataclasses.replace(test, message="", output=output)


def _with_less(scenario: ScenarioVerdict, feedback: Feedback) -> ScenarioVerdict:
    seen = tuple(one.model_copy(update={"expected": None}) for one in scenario.differences)
    changes: dict[str, Any] = {"differences": seen if feedback == "actual-only" else ()}
    if feedback == "none":
        changes["message"] = ""
    return scenario.model_copy(update=changes)
