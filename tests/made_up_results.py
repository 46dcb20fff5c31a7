"""Results nobody handed in, hostile ones among them, for the tests of what is written of them."""

from __future__ import annotations

import datetime
from typing import Any

from dojo.catalog.verdict import TestVerdict
from dojo.exam.marks import Difference, ScenarioVerdict, TaskMark
from dojo.grading.results import Binding, Result, Results

FORMULA = '=HYPERLINK("http://127.0.0.1/?"&A1,"open")'
HOSTILE = (
    FORMULA,
    "::set-output name=score::100",
    "##[set-output name=score]100",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\x1b[31mred\x1b[0m \x1b]8;;http://127.0.0.1\x07link\x1b]8;;\x07 \x9b2J",
    "nul\x00bell\x07\x0b\x1f\ufffe\ufdd0",
    "\u202egnp.exe\u2066 \u2028::notice::forged",
    "| a | b |\n\n# heading\n\n```\n[x](javascript:alert(3)) @everyone &lt;b&gt;",
    "]]></failure><testcase name='forged'/>\"'&amp;",
    "lone \ud800 surrogate",
)
BINDING = Binding(
    submission="5" * 64,
    kata="k" * 64,
    grader="1 g",
    lock="l" * 64,
    python="3.11",
    seed="secret-seed",
    level="strict",
)
NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


def a_test(name: str, task: int | None, message: str = "", cause: Any = "assertion") -> TestVerdict:
    return TestVerdict(name, task, not message, cause if message else "passed", message, 0.25)


def a_task(number: int, *, solved: bool = True, points: float = 10) -> TaskMark:
    return TaskMark(
        number=number,
        points=points,
        earned=points if solved else 0,
        tests_passed=solved,
        examined="agrees" if solved else "differs",
    )


def a_result(**changes: Any) -> Result:
    """Return a result of two tasks, the second of which is wrong."""
    difference = Difference(what="requests made", seen="1", expected="4")
    fields: dict[str, Any] = {
        "learner": "anna",
        "kata": "02_retries",
        "source": "class/anna",
        "verdict": "wrong",
        "advice": "1 of 2 tests is red",
        "points": 20,
        "earned": 10,
        "tasks": (a_task(1), a_task(2, solved=False)),
        "tests": (a_test("test_first", 1), a_test("test_second[503]", 2, "said 1, expected 4")),
        "scenarios": (
            ScenarioVerdict(scenario="heals", tasks=(1,), verdict="passed"),
            ScenarioVerdict(
                scenario="lasts", tasks=(2,), verdict="wrong", differences=(difference,)
            ),
        ),
        "submitted": NOON,
        "seconds": 1.5,
        "binding": BINDING,
    }
    return Result(**{**fields, **changes})


def passed(**changes: Any) -> Result:
    fields: dict[str, Any] = {
        "verdict": "passed",
        "advice": "all of it is right",
        "earned": 20,
        "tasks": (a_task(1), a_task(2)),
        "tests": (a_test("test_first", 1), a_test("test_second[503]", 2)),
        "scenarios": (ScenarioVerdict(scenario="heals", tasks=(1, 2), verdict="passed"),),
    }
    return a_result(**{**fields, **changes})


def unreadable(**changes: Any) -> Result:
    return a_result(
        verdict="unreadable",
        advice="no file retries.py: hand it in",
        earned=0,
        tasks=(a_task(1, solved=False), a_task(2, solved=False)),
        tests=(),
        scenarios=(),
        submitted=None,
        **changes,
    )


def ungraded(**changes: Any) -> Result:
    """Return a result of which the grader says that it failed itself."""
    return unreadable(**changes).model_copy(
        update={"verdict": "grader-error", "earned": None, "advice": "not graded: disk full"}
    )


def tampering(**changes: Any) -> Result:
    """Return a result in which every check is green, and none of it is believed."""
    task = TaskMark(number=1, points=20, earned=0, tests_passed=True, examined="unexamined")
    return passed(
        verdict="tampering",
        advice="it changed what judges it",
        earned=0,
        tasks=(task,),
        tests=(a_test("test_first", 1),),
        scenarios=(),
        **changes,
    )


def hostile(text: str, **changes: Any) -> Result:
    """Return a result that says `text` wherever a submission or its path can say something."""
    difference = Difference(what="returned", seen=text, expected=text)
    return a_result(
        learner=text,
        source=text,
        advice=text,
        notes=(text,),
        tests=(a_test("test_first", 1), a_test(f"test_second[{text}]", 2, f"a\n{text}\nb")),
        scenarios=(
            ScenarioVerdict(
                scenario=text, tasks=(2,), verdict="raised", message=text, differences=(difference,)
            ),
        ),
        **changes,
    )


def record(*results: Result, **changes: Any) -> Results:
    return Results(feedback="full", results=results, **changes)
