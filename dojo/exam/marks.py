"""Say what a submission is worth: the records of the two judgements, and what they come to.

Two judgements stand behind a mark: the pristine tests, which ran in one process with the
submission, and the examination, which did not. A task counts where both agree; a task that no
scenario examines counts on its tests, and says so.

Whatever is in a record can be written, read back and printed: its numbers are finite, its texts
are plain and not too long. Its types see to that, whoever makes it or changes a copy.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_serializer
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import Cause, Seconds, TestVerdict
from dojo.ground import safe_text as plain
from dojo.ground.endings import Ending, Kind

if TYPE_CHECKING:
    from typing_extensions import Self

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
Examined = Literal["agrees", "differs", "unexamined"]
Ground = Literal[
    "outside",  # what the grader saw or read itself: requests, messages, its clock, files left
    "answer",  # what was computed of a secret draw: right, however it was come by
    "record",  # what an engine or a store has of it, into which the submission can write too
    "word",  # what is told by the process that holds the submission
]
_FIRM: frozenset[Ground] = frozenset(("outside", "answer"))

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
# Of one scenario: a class has thousands.
MOST_REPLAY = 16_000
# What can end what held the submission; a test that fails by itself ends nothing.
_CAUSES_OF_AN_END: tuple[Cause, ...] = ("exception", "import", "exit", "hang")


def _one_line(text: str) -> str:
    return plain.one_line(text, 1000)


Text = Annotated[str, AfterValidator(plain.plain)]
Line = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[str, AfterValidator(plain.name)]
Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Record(BaseModel):
    """What never changes, and is checked when it is made, also as a copy with other values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values, which must be as good as the first ones."""
        del deep  # it cannot be changed
        return type(self).model_validate({**dict(self), **(update or {})})


class Difference(Record):
    """One thing in which a submission's evidence is not the reference's.

    Attributes:
        what: What was looked at: `requests made`, `returned`.
        seen: What the submission did, as text.
        expected: What the reference did, as text; None where feedback may not say it.
    """

    what: Line
    seen: Text
    expected: Text | None


class ScenarioVerdict(Record):
    """What the examination said about one scenario.

    Attributes:
        scenario: Its name.
        tasks: The numbers of the tasks that it examines.
        verdict: Passed when the evidence is the reference's.
        message: What ended it early, if something did.
        differences: Where the evidence differs.
        at_import: Whether the submission could not even be imported.
        seconds: How long it took.
        replay: What was gathered of it, as one line of a `Story`; empty where nothing was, where it
            passed, and in older results.
    """

    scenario: Name
    tasks: tuple[int, ...]
    verdict: Verdict
    message: Text = ""
    differences: tuple[Difference, ...] = ()
    at_import: bool = False
    seconds: Seconds = 0.0
    replay: Annotated[str, Field(max_length=MOST_REPLAY)] = ""

    @model_serializer(mode="wrap")
    def _as_it_was_signed(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what there is not: older results were signed without the word."""
        record: dict[str, Any] = written(self)
        if not self.replay:
            del record["replay"]
        return record


class TaskMark(Record):
    """What one task is worth.

    Attributes:
        number: The task's number, from 1.
        points: What it may earn.
        earned: What it earned, before lateness.
        tests_passed: Whether all its pristine tests ran and were green.
        examined: What the examination says; `unexamined` when no scenario asks for this task.
        rests_on: What the examination of it rests on; empty when its scenarios do not say.
    """

    number: int
    points: Points
    earned: Points
    tests_passed: bool
    examined: Examined
    rests_on: tuple[Ground, ...] = ()

    @model_serializer(mode="wrap")
    def _as_it_was_signed(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what there is not: older results were signed without the word."""
        record: dict[str, Any] = written(self)
        if not self.rests_on:
            del record["rests_on"]
        return record

    @property
    def is_own_word(self) -> bool:
        """Say whether it is solved by nothing firmer than what its own process told or wrote."""
        on_tests = self.examined == "unexamined"
        return self.counts and (on_tests or (bool(self.rests_on) and not _FIRM & {*self.rests_on}))

    @property
    def counts(self) -> bool:
        """Say whether the task is solved."""
        return self.tests_passed and self.examined != "differs"

    @property
    def judges_differ(self) -> bool:
        """Say whether the two judgements contradict each other."""
        return self.examined != "unexamined" and self.tests_passed != (self.examined == "agrees")


def mark_tasks(
    kata: Kata,
    tests: list[TestVerdict],
    scenarios: list[ScenarioVerdict],
    grounds: Mapping[int, tuple[Ground, ...]] | None = None,
) -> tuple[TaskMark, ...]:
    """Give points task by task.

    Args:
        kata: The kata.
        tests: What the pristine tests said. A task needs every one that it lists: a test that did
            not run was not passed, one that no task lists is worth nothing.
        scenarios: What the examination said.
        grounds: What the examination of each task rests on, by its number.

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
                rests_on=(grounds or {}).get(number, ()),
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


@dataclasses.dataclass(frozen=True)
class Judged:
    """What both judgements said.

    Attributes:
        tests: The pristine tests that ran.
        scenarios: The scenarios.
        ended: How the tests' process ended early; `passed` when it did not.
        tampered: What shows that the submission changed what judges it; empty normally.
    """

    tests: tuple[TestVerdict, ...]
    scenarios: tuple[ScenarioVerdict, ...]
    ended: Verdict = "passed"
    tampered: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return the gravest of all that was said."""
        said: list[Verdict] = [one.verdict for one in self.scenarios]
        said += [verdict_of_test(test) for test in self.tests]
        said += [self.ended, "tampering" if self.tampered else "passed"]
        if not self.tests and self.ended == "passed" and not self.tampered:
            said.append("grader-error")
        return gravest(said)

    def blame_submission(self) -> Judged:
        """Return the same, with what broke around the tests taken for the submission's doing."""
        tests = tuple(
            dataclasses.replace(one, cause="exception") if one.cause == "fixture" else one
            for one in self.tests
        )
        return dataclasses.replace(self, tests=tests, ended=self.ended if tests else "crashed")
