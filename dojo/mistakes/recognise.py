"""Tell which planted mistake a wrong submission behaves like: one with the same red tests.

That is all that is compared, not what the tests say: two submissions that behave alike may well be
written differently, so nothing here says what a submission *is*.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from dojo.catalog.answers import mistake_of
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import TestVerdict
from dojo.mistakes.measures import Measure

NO_MISTAKE = ("stub", "missing", "import", "fixture", "skipped")


@dataclasses.dataclass(frozen=True)
class Planted:
    """A wrong answer of a kata, and the tests that it turns red.

    Attributes:
        name: Of its file: `wrong_429_is_final`.
        said: The first line of its docstring.
        red: The ids of the red tests, with their parameters.
        tasks: The numbers of the tasks that those belong to.
    """

    name: str
    said: str
    red: frozenset[str]
    tasks: frozenset[int]


@dataclasses.dataclass(frozen=True)
class Likeness:
    """What one or more tasks of a submission behave like.

    Attributes:
        tasks: Their numbers.
        planted: The mistake; several where the tests cannot tell them apart.
        red: How many tests of these tasks are red.
        shared: How many of them are red for the mistake too; fewer: something else is wrong.
    """

    tasks: tuple[int, ...]
    planted: tuple[Planted, ...]
    red: int
    shared: int


def read_planted(kata: Kata, measures: Mapping[str, Measure]) -> list[Planted]:
    """Return a kata's planted mistakes, of those wrong answers that have a measure."""
    planted = []
    for name, measure in sorted(measures.items()):
        said = mistake_of(kata.answers_folder / f"{name}.py")
        numbers = {kata.task_number_of(test) for test in measure.red}
        tasks = frozenset(number for number in numbers if number is not None)
        planted.append(Planted(name, said, frozenset(measure.red), tasks))
    return planted


def recognise(tests: Sequence[TestVerdict], planted: Sequence[Planted]) -> list[Likeness]:
    """Find the planted mistakes that a submission behaves like.

    A mistake fits where exactly its tests are red within its tasks. Else one fits whose tests all
    are red, if they are at least half of the red ones. Of several the one with most tests is
    taken; those that are equal are named together.

    Args:
        tests: What the tests said of the submission.
        planted: The mistakes of the same kata.

    Returns:
        At most one likeness a task, in order; none for tasks that are green, not written yet, or
        like nothing that is known.
    """
    unwritten = {test.task for test in tests if not test.passed and test.cause in NO_MISTAKE}
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
    red = {test.test for test in wrong if test.task in planted.tasks}
    shared = len(planted.red) if planted.red <= red else 0
    return Likeness(tuple(sorted(planted.tasks)), (planted,), len(red), shared)


def _rank(one: Likeness) -> tuple[bool, int]:
    return one.shared == one.red, one.shared
