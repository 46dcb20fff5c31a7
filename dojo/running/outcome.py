"""Make a red test read like a colleague, not like a stack of frames."""

from __future__ import annotations

import dataclasses
import shlex
import textwrap
import traceback
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import Cause, TestVerdict
from dojo.ground.endings import Ending, of_exception
from dojo.ground.safe_text import shorten
from dojo.language import in_language
from dojo.place.state import language_here
from dojo.running.elsewhere.client import RaisedElsewhereError
from dojo.running.error_lines import annotations_advice, solution_line
from dojo.running.solution import SolutionFault

_SECTION_LIMIT = 4_000
_OUTPUT_LIMIT = 1_000
_WIDTH = 98
OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024


def explain(
    report: pytest.TestReport, call: Any, kata: Kata, path: Path, plain: bool, also: str = ""
) -> None:
    """Put cause and message of a kata's test into its report.

    Args:
        report: Gets an attribute `dojo`, which survives pipes; when `plain`, also a new text.
        call: The pytest call it reports.
        kata: The kata.
        path: The solution's file.
        plain: Whether the learner reads our message (else pytest's own, engine log included).
        also: What else is to be said of a red test, after its own message.
    """
    cause: Cause = "passed"
    message = ""
    ending = None
    if report.skipped:
        cause = "skipped"
    if report.failed:
        test_file = kata.test_file if call.when == "call" else None
        cause, message = _read_error(call.excinfo, path, test_file)
        ending = _ending_of(call.excinfo.value)
        message = "\n".join([message, *getattr(call.excinfo.value, "__notes__", [])])
        if also and cause in ("assertion", "exception") and message != also:
            message = f"{message}\n\n{also}"
    _attach(report, cause, message, ending)
    report.sections = [(title, _truncate(text)) for title, text in report.sections]
    if report.failed and plain and cause != "fixture":
        report.longrepr = _with_next_step(message, kata, report.nodeid, cause)
        report.sections = [part for part in report.sections if "stdout" in part[0]]


def broken_run_reports(
    item: pytest.Item,
    kata: Kata,
    cause: Cause,
    message: str,
    ending: Ending | None,
    seconds: float,
    printed: str,
) -> list[pytest.TestReport]:
    """Make the reports of a test whose process did not live to report.

    Args:
        item: The test.
        kata: Its kata.
        cause: Why there is no report.
        message: What the learner reads.
        ending: How the process ended, where that is known.
        seconds: How long it took.
        printed: What it had printed until then.

    Returns:
        One report each for set-up, call and tear-down; the call failed.
    """
    reports = []
    for when in ("setup", "call", "teardown"):
        failed = when == "call"
        report = pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={name: 1 for name in item.keywords},
            outcome="failed" if failed else "passed",
            longrepr=_with_next_step(message, kata, item.nodeid, cause) if failed else None,
            when=when,
            sections=[("Captured stdout call", _truncate(printed))] if failed and printed else [],
            duration=seconds if failed else 0.0,
        )
        if failed:
            _attach(report, cause, message, ending)
        else:
            _attach(report, "passed", "", None)
        reports.append(report)
    return reports


def verdict_of(reports: list[pytest.TestReport], kata: Kata) -> TestVerdict:
    """Make one record of the reports (set-up, call, tear-down) of one test."""
    bad = next((report for report in reports if not report.passed), None)
    test = name_of(reports[0].nodeid)
    said: dict[str, Any] = getattr(bad, "dojo", None) or {}
    ending = said.get("ending")
    # Each report repeats the sections of those before.
    printed = {title: text for one in reports for title, text in one.sections if "stdout" in title}
    output = "".join(printed.values())
    if len(output) > _OUTPUT_LIMIT:
        output = f"{output[:_OUTPUT_LIMIT]} [and more]"
    return TestVerdict(
        test=test,
        task=kata.task_number_of(test),
        passed=bad is None,
        cause="passed" if bad is None else said.get("cause", "fixture"),
        message="" if bad is None else said.get("message") or bad.longreprtext,
        seconds=round(sum(report.duration for report in reports), 3),
        output=output,
        ending=ending and Ending(**ending),
    )


def _attach(report: pytest.TestReport, cause: Cause, message: str, ending: Ending | None) -> None:
    said = {"cause": cause, "message": message, "ending": ending and dataclasses.asdict(ending)}
    report.dojo = said  # type: ignore[attr-defined]


def _ending_of(error: BaseException) -> Ending | None:
    if isinstance(error, (SolutionFault, RaisedElsewhereError)):
        return error.ending
    return of_exception(error)


def _read_error(
    excinfo: pytest.ExceptionInfo[BaseException], path: Path, test_file: Path | None
) -> tuple[Cause, str]:
    error = excinfo.value
    if isinstance(error, SolutionFault):
        return error.cause, error.message
    if test_file is None:
        return "fixture", f"{type(error).__name__}: {error}"
    innermost = traceback.extract_tb(error.__traceback__)[-1:]
    raised_by_solution = bool(innermost) and innermost[0].filename == str(path)
    if isinstance(error, NotImplementedError):
        return "stub", _describe_stub(error, path)
    if isinstance(error, pytest.fail.Exception):
        return "assertion", str(error.msg)
    if isinstance(error, RaisedElsewhereError):
        return "exception", f"The test expected no exception here, and got one {error}"
    if isinstance(error, AssertionError) and not raised_by_solution:
        return "assertion", _without_rewritten_tail(str(error))
    return "exception", _describe_exception(error, path, test_file)


def _describe_stub(error: BaseException, path: Path) -> str:
    frame = solution_line(error, path)
    if frame is None:
        return "NotImplementedError: the part that this test calls is not written yet."
    # Of a copy in a sandbox the folders tell a learner nothing.
    place = "/".join(path.parts[-3:]) if "katas" in path.parts[-3:] else path.name
    return (
        f"{frame.name} is still a stub: nothing is written there yet.\n"
        f"What it should do is said above line {frame.lineno} of {place}."
    )


def _describe_exception(error: BaseException, path: Path, test_file: Path) -> str:
    name = type(error).__name__
    text = str(error).strip()
    if of_exception(error) == Ending("output"):
        text += f" (a test may print or write {OUTPUT_LIMIT_BYTES // 2**20} MB; is this a loop?)"
    said = f"{name}: {shorten(text, 2000)}" if text else name
    frame = solution_line(error, path)
    if frame is not None:
        where = f"It came from {path.name}, line {frame.lineno}, in {frame.name}:\n    {frame.line}"
        begin = "The test expected no exception here, and got one."
    else:  # the test looked at what the solution had made, or could not even call it
        frames = traceback.extract_tb(error.__traceback__)
        last = next((one for one in reversed(frames) if one.filename == str(test_file)), frames[-1])
        where = f"It was at {Path(last.filename).name}, line {last.lineno}:\n    {last.line}"
        begin = "The test could not go on with what your code made."
    advice = annotations_advice(error, path).rstrip()
    return "\n".join(filter(None, (begin, said, where, advice)))


def _without_rewritten_tail(text: str) -> str:
    """Drop what pytest appends to a message: the compared values, in its own notation."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith("assert ") and kept:
            break
        kept.append(line)
    # It also indents each line of a message after the first by two.
    if all(line.startswith("  ") or not line for line in kept[1:]):
        kept[1:] = [line[2:] for line in kept[1:]]
    return "\n".join(kept).rstrip()


def _with_next_step(message: str, kata: Kata, nodeid: str, cause: Cause) -> str:
    language = language_here(kata.root)
    message = in_language(message, kata.folder, language)
    message = "\n".join(_wrap(line) for line in message.splitlines())
    test = nodeid.split("[", 1)[0].rsplit("::", 1)[-1]
    number = kata.task_number_of(test)
    if number is None or cause in ("import", "missing"):
        return message  # no hint of any task mends a file that cannot be used
    title = kata.tasks[number - 1].title.get(language)
    task = in_language(f"Task {number}, {title}.", kata.folder, language)
    hint = f"dojo hint {kata.called} {number}"
    hint = in_language(f"Hint: {hint}   (engine log: --tb=long)", kata.folder, language)
    said = f"{message}\n\n{task}\n{hint}"
    seen = in_language(f"See it: {see_it(kata, nodeid)}", kata.folder, language)
    return said if cause == "stub" else f"{said}\n{seen}"


def see_it(kata: Kata, nodeid: str) -> str:
    """Return the command that shows what was recorded of a test, as a shell takes it."""
    return f"dojo replay {kata.called} {shlex.quote(name_of(nodeid))}"


def name_of(nodeid: str) -> str:
    """Return the name of a test with its parameters, in which there may be anything."""
    head, bracket, parameters = nodeid.partition("[")
    return f"{head.rsplit('::', 1)[-1]}{bracket}{parameters}"


def _wrap(line: str) -> str:
    """Break a line of prose between words; leave code, which is indented, as it is."""
    return line if line.startswith(" ") else textwrap.fill(line, _WIDTH, break_long_words=False)


def _truncate(text: str) -> str:
    if len(text) <= _SECTION_LIMIT:
        return text
    half = _SECTION_LIMIT // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n... {left_out} characters left out ...\n{text[-half:]}"
