"""Say what happened: one record a test, a task, a kata; JSON with a schema version."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    ValidationError,
    model_serializer,
)
from pydantic.dataclasses import dataclass
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from dojo.catalog.kata import Kata
from dojo.ground.endings import Ending
from dojo.ground.foreign import first_fault, read_json, valid_text

SCHEMA = 1
MOST_CHARACTERS = 10_000

Cause = Literal[
    "passed",  # green
    "stub",  # NotImplementedError: nothing was written yet
    "assertion",  # the test's own assertion, or the exception it let through
    "exception",  # the solution raised something the test did not expect
    "missing",  # the solution lacks a name, or the whole file
    "import",  # the solution cannot be imported: syntax error, exception, exit
    "exit",  # the solution ended the process, or was killed
    "hang",  # no end within the time a test has
    "fixture",  # not the solution's fault: a fixture or the kata itself is broken
    "skipped",
]


def _kept(text: str) -> str:
    text = valid_text(text)
    if len(text) <= MOST_CHARACTERS:
        return text
    kept = MOST_CHARACTERS - 50
    return f"{text[:kept]} [{len(text) - kept} characters left out]"


# What a solution says ends up here. So a record is valid text and finite numbers from the start:
# it can be written as JSON, and read back.
Text = Annotated[str, Strict(), AfterValidator(_kept)]
Seconds = Annotated[float, Strict(), Field(ge=0, le=1e9, allow_inf_nan=False)]
_NO_MORE = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_NO_MORE)
class TestVerdict:
    """What one test said.

    Attributes:
        test: The test's name, with its parameters: `test_x[503]`.
        task: The number, from 1, of the task it proves; None if no task lists it.
        passed: Whether it was green.
        cause: Why it was not.
        message: What the learner reads, without colour; empty when green.
        seconds: How long it took, set-up included.
        output: What was printed meanwhile, its beginning where it is long.
        ending: How what held the solution ended; None if it did not, and in older records.
    """

    __test__ = False

    test: Text
    task: StrictInt | None
    passed: StrictBool
    cause: Cause
    message: Text
    seconds: Seconds
    output: Text = ""
    ending: Ending | None = None

    @model_serializer(mode="wrap")
    def _as_it_was_signed(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out an ending that there was not: older results were signed without the word."""
        record: dict[str, Any] = written(self)
        if self.ending is None:
            del record["ending"]
        return record


def read_test(told: Any) -> TestVerdict:
    """Read what anybody may have said of a test.

    Raises:
        ValueError: It is no such record.
    """
    known = {field.name for field in dataclasses.fields(TestVerdict)}
    if not isinstance(told, dict) or len(told) > len(known):
        raise ValueError(f"a test has {len(known)} fields at most, by name")
    try:
        return TestVerdict(**told)
    except ValidationError as error:
        raise ValueError(first_fault(error)) from None


@dataclass(frozen=True, config=_NO_MORE)
class KataVerdict:
    """What all tests of one kata said about one solution.

    Attributes:
        kata: The kata's id, such as `02_retries`.
        solution: What was tested: `learner`, `reference` or a path.
        tests: One record a test, in the order of the file.
        seconds: From the request to the last test.
        fault: Why there is no verdict (the run itself broke); empty normally.
    """

    kata: str
    solution: str
    tests: tuple[TestVerdict, ...]
    seconds: Seconds
    fault: Text = ""

    @property
    def solved(self) -> bool:
        """Say whether there were tests and all were green."""
        return bool(self.tests) and not self.fault and all(test.passed for test in self.tests)

    @property
    def red(self) -> list[TestVerdict]:
        """Return the tests that were not green."""
        return [test for test in self.tests if not test.passed]

    def solved_tasks(self, kata: Kata) -> list[int]:
        """Return the numbers of the tasks of which every listed test ran and was green."""
        green: set[str] = set()
        red: set[str] = set()
        for test in self.tests:
            (green if test.passed else red).add(test.test.split("[", 1)[0])
        return [
            number
            for number, task in enumerate(kata.tasks, start=1)
            if not self.fault and set(task.tests) <= green - red
        ]

    def waiting_tasks(self, kata: Kata) -> list[int]:
        """Return the numbers of the tasks that did not run because an earlier one is red.

        Only a kata whose tasks are solved in order has such tasks.
        """
        red = [test.task for test in self.red if test.task is not None]
        if not kata.in_order or not red:
            return []
        ran = {test.task for test in self.tests}
        return [number for number in range(min(red) + 1, len(kata.tasks) + 1) if number not in ran]

    def describe_waiting(self, kata: Kata) -> str:
        """Say which tasks wait for which, such as `tasks 3 to 9 wait for task 2`; empty if none."""
        waiting = self.waiting_tasks(kata)
        if not waiting:
            return ""
        reason = min(test.task for test in self.red if test.task is not None)
        if len(waiting) == 1:
            return f"task {waiting[0]} waits for task {reason}"
        return f"tasks {waiting[0]} to {waiting[-1]} wait for task {reason}"

    def to_json(self) -> str:
        """Write the record as one line of JSON."""
        record = dataclasses.asdict(self)
        return json.dumps({"schema": SCHEMA, **record, "solved": self.solved}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> KataVerdict:
        """Read a record back.

        Raises:
            ValueError: It is not such a record, or of another schema version.
        """
        record = read_json(line)
        if not isinstance(record, dict) or record.pop("schema", None) != SCHEMA:
            raise ValueError(f"not a verdict of schema {SCHEMA}: {line[:80]!r}")
        record.pop("solved", None)
        try:
            tests = tuple(read_test(test) for test in record.pop("tests"))
            return cls(tests=tests, **record)
        except ValidationError as error:
            raise ValueError(f"not a verdict of schema {SCHEMA}: {first_fault(error)}") from None
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a verdict of schema {SCHEMA}: {error}") from None
