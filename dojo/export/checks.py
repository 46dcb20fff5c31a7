"""Say what each format needs of a result: its checks in one list, its points in whole numbers."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from dojo.catalog.kata import Language
from dojo.exam.marks import ScenarioVerdict
from dojo.export.words import WORDS, advice_in, short
from dojo.grading.results import Result, Results
from dojo.ground.paths import find_root
from dojo.language import in_language


class FormatError(Exception):
    """A record does not fit a format; the message says what to do instead."""


class NoMark(FormatError):
    """The grader itself failed, and the format would make a zero of that."""


@dataclasses.dataclass(frozen=True)
class Check:
    """A test or a scenario: something that was looked at.

    Attributes:
        name: What is shown.
        tasks: Numbers of the tasks that it belongs to; none when it belongs to all or nothing.
        passed: Whether it was as it should be.
        cause: Why not, in one word.
        message: Why not, in many; empty when it passed, and never empty when it did not.
        seconds: How long it took.
        output: What the submission printed meanwhile.
        scenario: The scenario's own name; empty for a test.
        is_silent: Whether all that is told is that it is red.
    """

    name: str
    tasks: tuple[int, ...]
    passed: bool
    cause: str
    message: str
    seconds: float
    output: str = ""
    scenario: str = ""
    is_silent: bool = False


def checks_of(result: Result, language: Language = "en") -> list[Check]:
    """List what was looked at, of both judgements.

    Args:
        result: One result.
        language: Of what is said; what no catalogue of the kata knows is said in English.

    Returns:
        The tests in the order of their file, then the scenarios. A result that is not passed has
        at least one check that is not: whoever counts reds must not see none.
    """
    words = WORDS[language]
    folder = find_root() / "katas" / Path(result.kata).name
    beside_scenarios = find_root() / "reference" / folder.name
    checks = [
        Check(
            name=test.test,
            tasks=() if test.task is None else (test.task,),
            passed=test.passed,
            cause=test.cause,
            message=""
            if test.passed
            else in_language(test.message, folder, language)
            or words["red"].format(cause=test.cause),
            seconds=test.seconds,
            output=test.output,
            is_silent=not test.passed and not test.message,
        )
        for test in result.tests
    ]
    checks += [
        Check(
            name=words["examination"].format(name=one.scenario),
            tasks=one.tasks,
            passed=one.verdict == "passed",
            cause=one.verdict,
            message="" if one.verdict == "passed" else _told(one, language, beside_scenarios),
            seconds=one.seconds,
            scenario=one.scenario,
        )
        for one in result.scenarios
    ]
    if result.verdict != "passed" and all(check.passed for check in checks):
        advice = advice_in(language, result.advice)
        checks.append(Check(words["submission"], (), False, result.verdict, advice, 0.0))
    return checks


def _told(scenario: ScenarioVerdict, language: Language, folder: Path) -> str:
    words = WORDS[language]
    verdict = short(scenario.verdict, language)
    message = in_language(scenario.message, folder, language)
    lines = [message or words["differs"].format(verdict=verdict)]
    for one in scenario.differences:
        form = words["seen" if one.expected is None else "expected"]
        # `night 2: seconds waited`: whatever it is that was looked at, and when.
        parts = (in_language(part, folder, language) for part in one.what.split(": "))
        what = functools.reduce(
            lambda left, right: words["pair"].format(left=left, right=right), parts
        )
        lines.append(form.format(what=what, seen=one.seen, expected=one.expected))
    return "\n".join(lines)


def hundredths(result: Result) -> list[int]:
    """Say what each task earned, lateness taken off, in whole hundredths of a point.

    Args:
        result: One result with a mark.

    Returns:
        A number a task; together exactly the mark.

    Raises:
        NoMark: The grader itself failed.
        FormatError: The tasks do not give the mark.
    """
    if result.earned is None:
        raise NoMark(
            f"{result.kata} of {result.learner!r} has no mark ({result.advice}); grade it again"
        )
    whole = [round(task.earned * 100) for task in result.tasks]
    before, after = sum(whole), round(result.earned * 100)
    if after > before:
        raise FormatError(
            f"the tasks of {result.kata} of {result.learner!r} give {before / 100:g} points,"
            f" its mark is {after / 100:g}; 'dojo verify' finds results that were changed"
        )
    shares: list[int] = []
    seen = 0
    for one in whole:
        seen += one
        shares.append(after * seen // before - sum(shares) if before else 0)
    return shares


def of_one_learner(results: Results) -> tuple[Result, ...]:
    """Return the results where all are of one learner, and have marks.

    Raises:
        NoMark: The grader itself failed on one.
        FormatError: There is no learner, or more than one.
    """
    learners = sorted({one.learner for one in results.results})
    if len(learners) != 1:
        has = f"{len(learners)} learners" if learners else "no result"
        raise FormatError(f"this format is for one learner and there is {has}; name one: --learner")
    for one in results.results:
        hundredths(one)
    return results.results
