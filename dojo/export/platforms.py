"""Write results for other platforms: Gradescope, exercism, Classroom 50, GitHub Classroom.

All of these are for one learner, and must have a number: where the grader itself failed, there is
none, and nothing is written.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from dojo.catalog.kata import Language
from dojo.exam.marks import TaskMark
from dojo.export.checks import FormatError, checks_of, hundredths, of_one_learner
from dojo.export.words import WORDS, advice_in, number_in, short
from dojo.grading.results import Result, Results
from dojo.ground.safe_text import one_line, plain

# The environment of a process takes 128 KiB a variable, and the payload travels in one: in
# base64, and a character of a message may be six of JSON.
MOST_PAYLOAD_BYTES = 96_000
_MOST_EXERCISM_MESSAGE = 60_000
_MOST_EXERCISM_OUTPUT = 500
_EXERCISM_CUT = " [Output was truncated. Please limit to 500 chars]"

_CLASSROOM_50 = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}


def gradescope(results: Results) -> str:
    """Write `/autograder/results/results.json`, a test a task.

    Source: Gradescope's autograder specifications.

    Raises:
        FormatError: There is not exactly one learner, or a result without a mark.
    """
    theirs, language = of_one_learner(results), results.language
    tests = []
    for result, task, score in _scored(theirs):
        number = PurePosixPath(result.kata).name.split("_", 1)[0].lstrip("0")
        tests.append(
            {
                "name": _name_of(result, task, language),
                "name_format": "text",
                "number": f"{number}.{task.number}",
                "score": score / 100,
                "max_score": task.points,
                "status": "passed" if _is_solved(task) else "failed",
                "output": plain(_why(result, task, language)),
                "output_format": "text",
                "visibility": "visible",
            }
        )
    bindings = [one.binding.model_dump(exclude={"seed"}) for one in theirs]
    record = {
        "score": sum(score for _, _, score in _scored(theirs)) / 100,
        "execution_time": round(sum(one.seconds for one in theirs)),
        "output": "\n".join(_headline(one, language) for one in theirs),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"bindings": bindings},
        "tests": tests,
    }
    return _json(record)


def exercism(results: Results) -> str:
    """Write exercism's `results.json`, version 3, of one kata.

    Source: exercism's interface of test runners. `error` is there for a run without a test: also
    where the submission cannot be imported, for then none of them ran.

    Raises:
        FormatError: There is not exactly one result, or it has no mark.
    """
    theirs, language = of_one_learner(results), results.language
    if len(theirs) != 1:
        raise FormatError(f"this format is for one kata and there are {len(theirs)}: name --kata")
    result = theirs[0]
    checks = checks_of(result, language)
    if all(test.cause == "import" for test in result.tests):
        why = checks[0].message if checks else ""
        told = why if result.tests else f"{advice_in(language, result.advice)}\n{why}".strip()
        told = plain(told, _MOST_EXERCISM_MESSAGE)[:65535]
        return _json({"version": 3, "status": "error", "message": told, "tests": []})
    tests = []
    for check in checks:
        status = "pass" if check.passed else "fail" if check.cause == "assertion" else "error"
        said = None if check.passed else plain(check.message, _MOST_EXERCISM_MESSAGE)[:65535]
        test: dict[str, Any] = {"name": one_line(check.name), "status": status, "message": said}
        if len(check.tasks) == 1:
            test["task_id"] = check.tasks[0]
        if check.output:
            test["output"] = _cut(plain(check.output))
        tests.append(test)
    status = "pass" if result.verdict == "passed" else "fail"
    return _json({"version": 3, "status": status, "message": None, "tests": tests})


def _cut(text: str) -> str:
    if len(text) <= _MOST_EXERCISM_OUTPUT:
        return text
    return text[: _MOST_EXERCISM_OUTPUT - len(_EXERCISM_CUT)] + _EXERCISM_CUT


def classroom50(results: Results, environment: Mapping[str, str]) -> str:
    """Write Classroom 50's `result.json`, in whole hundredths of a point.

    A mark after a late day is 37.35 points, the format takes integers, and the maximum must be
    the same for all of a class: so all are counted in hundredths.

    Args:
        results: The record.
        environment: The variables that the platform gives its autograder.

    Raises:
        FormatError: There is not exactly one learner, a mark or a variable is missing, or the
            submission has no date.

    Source: the schema `classroom50/result/v1`.
    """
    theirs, language = of_one_learner(results), results.language
    identity = {name: _variable(environment, key) for name, key in _CLASSROOM_50.items()}
    if not identity["submission"].startswith("submit/"):
        raise FormatError(f"SUBMISSION_TAG is {identity['submission']!r}; it begins with 'submit/'")
    mode = environment.get("MODE") or "individual"
    if mode not in ("individual", "group"):
        raise FormatError(f"MODE is {mode!r}; this format has 'individual' and 'group'")
    repository = _variable(environment, "GITHUB_REPOSITORY").rpartition("/")[2]
    prefix = f"{identity['classroom']}-{identity['assignment']}-"
    owner = repository[len(prefix) :]
    if not repository.startswith(prefix) or not owner:
        raise FormatError(f"GITHUB_REPOSITORY names {repository!r}; it begins with {prefix!r}")
    dates = [one.submitted for one in theirs if one.submitted is not None]
    if not dates:
        raise FormatError(
            "the submission has no date; grade a Git checkout, or name one in --roster"
        )
    scored = _scored(theirs)
    tests = [
        {
            "test-name": _name_of(result, task, language),
            "passed": _is_solved(task),
            "score": score,
            "max-score": round(task.points * 100),
            "output": plain(_why(result, task, language)),
        }
        for result, task, score in scored
    ]
    record = {
        "schema": "classroom50/result/v1",
        **identity,
        "assignment_type": mode,
        "owner": owner,
        "review": environment.get("REVIEW_URL") or identity["commit"],
        "datetime": _utc(max(map(_aware, dates))),
        "score": sum(score for _, _, score in scored),
        "max-score": sum(round(task.points * 100) for _, task, _ in scored),
        "tests": tests,
    }
    return _json(record)


def classroom(results: Results) -> str:
    """Write the payload of GitHub Classroom's former graders: base64 of JSON on one line.

    There is always a test and a maximum, for without them its reporter gives no score. What it
    prints as a table is the part of tests that passed; the mark is the sum of their scores.

    Raises:
        FormatError: There is not exactly one learner, or a result without a mark.

    Source: the actions autograding-python-grader and autograding-grading-reporter.
    """
    theirs, language = of_one_learner(results), results.language
    scored = _scored(theirs)
    if not scored:
        raise FormatError("there is no task in these results, and its reporter needs one")
    most = 2000
    while True:
        tests = [
            _classroom_test(result, task, score, most, language) for result, task, score in scored
        ]
        record = {
            "version": 1,
            "status": "pass" if all(one.verdict == "passed" for one in theirs) else "fail",
            "max_score": sum(task.points for _, task, _ in scored),
            "tests": tests,
        }
        payload = base64.b64encode(json.dumps(record, allow_nan=False).encode()).decode()
        if len(payload) <= MOST_PAYLOAD_BYTES or most == 0:
            return payload + "\n"
        most //= 2


def _classroom_test(
    result: Result, task: TaskMark, score: int, most: int, language: Language
) -> dict[str, Any]:
    return {
        "name": _name_of(result, task, language),
        "status": "pass" if _is_solved(task) else "fail",
        "score": score / 100,
        "message": None if _is_solved(task) else plain(_why(result, task, language), most),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
        "task_id": task.number,
    }


def _scored(theirs: tuple[Result, ...]) -> list[tuple[Result, TaskMark, int]]:
    return [
        (result, task, score)
        for result in theirs
        for task, score in zip(result.tasks, hundredths(result), strict=True)
    ]


def _is_solved(task: TaskMark) -> bool:
    # A submission that changed its judges has green tasks that earned nothing.
    return task.counts and task.earned == task.points


def _name_of(result: Result, task: TaskMark, language: Language) -> str:
    return WORDS[language]["task of"].format(kata=result.kata, number=task.number)


def _why(result: Result, task: TaskMark, language: Language) -> str:
    """Return why a task is not solved; nothing where it is."""
    if _is_solved(task):
        return ""
    red = [one for one in checks_of(result, language) if not one.passed]
    theirs = [one for one in red if task.number in one.tasks or not one.tasks]
    return "\n\n".join(f"{one.name}\n{one.message}" for one in theirs) or advice_in(
        language, result.advice
    )


def _headline(result: Result, language: Language) -> str:
    words = WORDS[language]
    earned, points = number_in(language, result.earned or 0), number_in(language, result.points)
    points = words["of"].format(earned=earned, points=points)
    late = f", {words['days late'].format(days=result.late_days)}" if result.late_days else ""
    why = f"{short(result.verdict, language)}: {advice_in(language, result.advice)}"
    return one_line(f"{result.kata}: {points}{late}, {why}")


def _variable(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise FormatError(f"{name} is not set; Classroom 50 sets it for its autograder")
    return value


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, indent=1, allow_nan=False) + "\n"
