"""Say what is kept and told of one learner's one kata: the typed record of a result.

Its records are as those of `dojo.exam.marks`: whatever is in one can be written, read back and
printed.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_serializer, model_validator
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from dojo.catalog.kata import Language
from dojo.catalog.verdict import Seconds, TestVerdict
from dojo.exam.marks import Line, Name, Points, Record, ScenarioVerdict, TaskMark, Verdict
from dojo.ground import safe_text as plain

SCHEMA: Literal[1] = 1

Feedback = Literal["full", "actual-only", "none"]

MOST_OUTPUT = 1200  # characters of what a test printed


def _plain_test(test: TestVerdict) -> TestVerdict:
    name, message = plain.name(test.test), plain.plain(test.message)
    output = plain.plain(test.output, MOST_OUTPUT)
    return dataclasses.replace(test, test=name, message=message, output=output)


class Binding(Record):
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


class ByHand(Record):
    """A mark that a person has set.

    Attributes:
        earned: The mark.
        reason: Why, for whoever asks.
        computed: What was graded, lateness taken off; None when there was no mark.
    """

    earned: Points
    reason: Line
    computed: Points | None = None


class Result(Record):
    """One learner's one kata.

    Attributes:
        learner: From the roster or the path, never from the submission.
        kata: The kata's id.
        source: Where the submission came from, as the grader was told.
        verdict: In one word.
        advice: In one line: what happened, and what to do about it.
        points: What the kata may earn.
        earned: What it earned, lateness taken off; None when the grader itself failed.
        by_hand: The mark that a person has set instead, which is what was earned; None without.
        tasks: Task by task; empty when there was nothing to grade.
        tests: The first judgement, test by test.
        scenarios: The second judgement, scenario by scenario.
        submitted: The submission's own date; None when it has none.
        late_days: Days after the deadline, begun ones counted; 0 without deadline or date.
        deadline: The learner's own, extension included; None where the class's holds, or none does.
        columns: What else the roster tells of the learner, by the name of its column.
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
    by_hand: ByHand | None = None
    tasks: tuple[TaskMark, ...] = ()
    tests: tuple[Annotated[TestVerdict, AfterValidator(_plain_test)], ...] = ()
    scenarios: tuple[ScenarioVerdict, ...] = ()
    submitted: datetime.datetime | None = None
    late_days: int = 0
    deadline: datetime.datetime | None = None
    columns: dict[Name, Line] = Field(default_factory=dict)
    notes: tuple[Line, ...] = ()
    seconds: Seconds = 0.0
    binding: Binding
    signature: str = ""

    @model_serializer(mode="wrap")
    def _as_it_was_signed(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out terms that there are not: older results were signed without the words."""
        record: dict[str, Any] = written(self)
        for name in ("by_hand", "deadline", "columns"):
            if not record[name]:
                del record[name]
        return record

    @model_validator(mode="after")
    def _earned_is_within_points(self) -> Result:
        if self.earned is not None and self.earned > self.points:
            raise ValueError(f"{self.earned:g} is not between 0 and {self.points:g}")
        return self


class Results(Record):
    """The content of `results.json`.

    Attributes:
        schema_version: Of this record.
        feedback: How much the results say.
        language: Of what learners read of them. The record itself is in English.
        results: By learner and kata.
        ungraded: Why some of what was named gave no result at all, a line each.
    """

    schema_version: Literal[1] = SCHEMA
    feedback: Feedback
    language: Language = "en"
    results: tuple[Result, ...]
    ungraded: tuple[Line, ...] = ()


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
        changes |= {"message": "", "replay": ""}
    return scenario.model_copy(update=changes)
