"""Say to a learner, before any hint, which known mistake a task of theirs behaves like.

It compares with what was measured, by whoever made the release or by `dojo mistakes`; a workspace
has the sentences and no answer. In a clone where nothing was measured the tests that an answer
names have to do: that says less, so it is said only where few answers name them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from dojo.catalog.answers import answers_here, mistake_of, refusing_tests
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.mistakes.measures import Measures
from dojo.mistakes.recognise import Planted, recognise

_MOST_TOLD = 3


def known_mistakes(kata: Kata, measures: Measures | None = None) -> Callable[..., list[str]]:
    """Return what tells which mistakes of a kata a task behaves like.

    Args:
        kata: The kata.
        measures: What was measured; this user's, and the release's, by default.

    Returns:
        A function of a verdict and a task's number. It returns a sentence a mistake, at most three
        of which the tests cannot tell apart; none where nothing is recognised.
    """
    found = (measures or Measures()).for_hints(kata)
    planted = [_planted(kata, name, one.said, set(one.red)) for name, one in found.items()]
    if planted:
        return lambda verdict, task: _told(verdict.tests, task, planted)
    answers = answers_here(kata, "wrong")
    planted = [_planted(kata, one.stem, mistake_of(one), refusing_tests(one)) for one in answers]

    def by_name(verdict: KataVerdict, task: int) -> list[str]:
        return _told(_without_parameters(verdict.tests), task, planted)

    return by_name


def _told(tests: Sequence[TestVerdict], task: int, planted: Sequence[Planted]) -> list[str]:
    like = next((one for one in recognise(tests, planted) if task in one.tasks), None)
    if like is None or len(like.planted) > _MOST_TOLD:
        return []
    return [one.said for one in like.planted]


def _planted(kata: Kata, name: str, said: str, red: set[str]) -> Planted:
    tasks = frozenset(one for test in red if (one := kata.task_number_of(test)) is not None)
    return Planted(name, said, frozenset(red), tasks)


def _without_parameters(tests: Sequence[TestVerdict]) -> list[TestVerdict]:
    """Return one test for all that differ in their parameters only: red, if one of them is."""
    by_name: dict[str, TestVerdict] = {}
    for test in tests:
        name = test.test.split("[", 1)[0]
        if name not in by_name or (by_name[name].passed and not test.passed):
            by_name[name] = dataclasses.replace(test, test=name)
    return list(by_name.values())
