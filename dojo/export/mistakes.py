"""Tell which planted mistake a wrong submission behaves like: one with the same red tests.

Each kata has wrong answers with a name, and `python -m benchmarks.signatures` has measured which
tests each turns red and what those say. That is all that is compared: two submissions that behave
alike may well be written differently, so nothing here says what a submission *is*.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import TestVerdict

FILE = "signatures.json"

# What a message says of one run or of one name only: addresses, places, ids, names that an engine
# draws (`stately-cod-670`), times to the millisecond.
_OF_ONE_RUN = re.compile(
    r"<function .*?>|0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}"
    r"|\b[a-z]+-[a-z]+-\d+\b|\d+\.\d{3,}|/\S+/"
)
_NO_MISTAKE = ("stub", "missing", "import", "fixture", "skipped")


@dataclasses.dataclass(frozen=True)
class Planted:
    """A wrong answer of a kata, and what its tests said.

    Attributes:
        name: Of its file: `wrong_429_is_final`.
        said: The first line of its docstring.
        red: The red tests, with their parameters, and the digest of what each said.
        tasks: The numbers of the tasks that those belong to.
    """

    name: str
    said: str
    red: dict[str, str]
    tasks: frozenset[int]


@dataclasses.dataclass(frozen=True)
class Likeness:
    """What one or more tasks of a submission behave like.

    Attributes:
        tasks: Their numbers.
        planted: The mistake; several where the tests cannot tell them apart.
        red: How many tests of these tasks are red.
        shared: How many of them are red for the mistake too; fewer: something else is wrong.
        same_words: How many of those say the very same.
    """

    tasks: tuple[int, ...]
    planted: tuple[Planted, ...]
    red: int
    shared: int
    same_words: int


def signature_of(tests: Iterable[TestVerdict]) -> dict[str, str]:
    """Return the red tests of a run and the digest of what each said."""
    return {test.test: _digest(test.message) for test in tests if not test.passed}


def answer_digest(answer: Path) -> str:
    """Return what tells whether an answer was changed since it was measured."""
    return hashlib.sha256(answer.read_bytes()).hexdigest()[:16]


def read_signatures(kata: Kata) -> dict[str, Any]:
    """Return what was measured of a kata's wrong answers; empty when nothing was."""
    try:
        found: dict[str, Any] = json.loads((kata.answers_folder / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def read_planted(kata: Kata) -> list[Planted]:
    """Return a kata's planted mistakes, without those that have changed since."""
    planted = []
    for name, measured in read_signatures(kata).items():
        answer = kata.answers_folder / f"{name}.py"
        if not answer.exists() or measured["answer"] != answer_digest(answer):
            continue
        text = ast.get_docstring(ast.parse(answer.read_text(encoding="utf-8"))) or name
        red: dict[str, str] = measured["red"]
        numbers = {kata.task_number_of(test) for test in red}
        tasks = frozenset(number for number in numbers if number is not None)
        planted.append(Planted(name, text.splitlines()[0], red, tasks))
    return planted


def recognise(tests: Sequence[TestVerdict], planted: Sequence[Planted]) -> list[Likeness]:
    """Find the planted mistakes that a submission behaves like.

    A mistake fits where exactly its tests are red within its tasks. Else one fits whose tests all
    are red, if they are at least half of the red ones. Of several the one with most tests is
    taken, then the one whose tests say the same; those still equal are named together.

    Args:
        tests: What the tests said of the submission; messages may have been left out.
        planted: The mistakes of the same kata.

    Returns:
        At most one likeness a task, in order; none for tasks that are green, not written yet, or
        like nothing that is known.
    """
    unwritten = {test.task for test in tests if not test.passed and test.cause in _NO_MISTAKE}
    wrong = [test for test in tests if not test.passed and test.task not in unwritten]
    left = {test.task for test in wrong if test.task is not None}
    reds = frozenset(left)
    found = []
    while left:
        task = min(left)
        fitting = [_fit(one, wrong) for one in planted if task in one.tasks and one.tasks <= reds]
        likely = [one for one in fitting if one.shared * 2 >= one.red > 0]
        left.discard(task)
        if not likely:
            continue
        best = max(_rank(one) for one in likely)
        equal = [one for one in likely if _rank(one) == best]
        alike = tuple(one.planted[0] for one in equal)
        found.append(dataclasses.replace(equal[0], planted=alike))
        left.difference_update(equal[0].tasks)
    return found


def _fit(planted: Planted, wrong: Sequence[TestVerdict]) -> Likeness:
    red = signature_of(test for test in wrong if test.task in planted.tasks)
    shared = len(planted.red) if planted.red.keys() <= red.keys() else 0
    same = sum(red.get(test) == words for test, words in planted.red.items())
    return Likeness(tuple(sorted(planted.tasks)), (planted,), len(red), shared, same)


def _rank(one: Likeness) -> tuple[bool, int, int]:
    return one.shared == one.red, one.shared, one.same_words


def _digest(message: str) -> str:
    words = " ".join(_OF_ONE_RUN.sub("#", message).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]
