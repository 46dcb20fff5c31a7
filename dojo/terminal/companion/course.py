"""Know where a learner is among the katas: which kata, which task, which hint is the next."""

from __future__ import annotations

from collections.abc import Container, Iterable

from dojo.catalog.handed_out import known_original
from dojo.catalog.kata import Kata
from dojo.catalog.progress import solved_tasks, standing
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.catalog.whereabouts import TIERS, kata_left, remember_kata, remember_tier, tier_opened
from dojo.place.pieces import Source, Unreadable


def first_unsolved(katas: list[Kata]) -> Kata | None:
    """Return the first kata whose file was not seen green; None if all were."""
    return next((kata for kata in katas if not is_done(kata)), None)


def is_done(kata: Kata) -> bool:
    """Say whether the learner's file was seen green, perhaps with tests that are others since."""
    found = standing(kata)
    return found.solved or found.changed


def first_unsolved_task(kata: Kata) -> int:
    """Return the number of the first task that is not known to be solved; else 1."""
    done = solved_tasks(kata) or []
    return next((task for task in range(1, len(kata.tasks) + 1) if task not in done), 1)


def where_to_begin(katas: list[Kata]) -> Kata:
    """Return the kata that one was at last, else the first unsolved one, else the last."""
    return kata_left(katas) or first_unsolved(katas) or katas[-1]


def untouched_tasks(kata: Kata) -> frozenset[int]:
    """Return the tasks whose functions are as they were handed out; none where nobody can tell."""
    name = kata.stub_file.name
    try:
        original = known_original(kata.stub_file)
        mine = Source(kata.stub_file.read_bytes(), name)
        stub = Source(original or b"", name)
    except (OSError, Unreadable):
        return frozenset()

    def is_untouched(number: int) -> bool:
        names = [piece.name for piece in stub.pieces_of_task(number)]
        same = all(mine.text_called(one) == stub.text_called(one) for one in names)
        return bool(names) and same

    return frozenset(filter(is_untouched, range(1, len(kata.tasks) + 1)))


def is_begun(test: TestVerdict, untouched: Container[int | None]) -> bool:
    """Say whether a red test speaks of work, not of a stub: no task of it is `untouched`."""
    return test.cause != "stub" and test.task not in untouched


def telling_red(
    tests: Iterable[TestVerdict], task: int, untouched: Container[int | None] = ()
) -> TestVerdict | None:
    """Return the red test whose message matters most; None if all are green.

    That is one of the current task, if that was begun; else one of another task that was; else the
    first of what was not.

    Args:
        tests: In any order, perhaps not yet all.
        task: The number of the current task.
        untouched: The tasks that were not begun.
    """
    red = [test for test in tests if not test.passed]
    begun = [test for test in red if is_begun(test, untouched)]
    mine = [test for test in begun if test.task == task]
    own_stub = [test for test in red if test.task == task]
    return next(
        iter(mine or sorted(begun, key=_place) or own_stub or sorted(red, key=_place)), None
    )


def _place(test: TestVerdict) -> int:
    return test.task or 99


class Course:
    """Where the learner is: the kata, the task, the last verdict, the hints opened so far.

    Attributes:
        katas: Those one moves among.
        kata: The current one.
        task: The number of the task whose tests run first, and whose hints are given.
        verdict: The last one on the current kata, since one came to it.
    """

    def __init__(self, katas: list[Kata], kata: Kata | None = None) -> None:
        self.katas = katas
        self.kata = kata or where_to_begin(katas)
        self.task = first_unsolved_task(self.kata)
        self.verdict: KataVerdict | None = None
        self._tiers: dict[tuple[str, int], int] = {}  # also where nothing can be written

    @property
    def position(self) -> int:
        """Return the place of the kata among all, from 0."""
        return next(index for index, kata in enumerate(self.katas) if kata.id == self.kata.id)

    @property
    def is_last(self) -> bool:
        """Say whether no kata follows."""
        return self.position + 1 == len(self.katas)

    @property
    def tier(self) -> int:
        """Return the highest tier of the current task's hints that was ever opened; 0 if none."""
        opened = self._tiers.get((self.kata.id, self.task), 0)
        return max(opened, tier_opened(self.kata, self.task))

    @property
    def red(self) -> list[str]:
        """Return the names of the tests that the last verdict found red."""
        tests = self.verdict.tests if self.verdict is not None else ()
        return [one.test for one in tests if not one.passed]

    def renew(self, katas: list[Kata]) -> None:
        """Take a catalogue that was read again; stay on the same kata, or go to the one after."""
        number = self.kata.number
        self.katas = katas
        self.kata = next((kata for kata in katas if kata.number >= number), katas[-1])
        self.task = min(self.task, len(self.kata.tasks))

    def go(self, step: int) -> bool:
        """Go some katas forwards or backwards; say whether there is such a kata."""
        target = self.position + step
        if not 0 <= target < len(self.katas):
            return False
        self.go_to(self.katas[target])
        return True

    def go_to(self, kata: Kata) -> None:
        """Go to a kata."""
        self.kata = kata
        self.task = first_unsolved_task(kata)
        self.verdict = None

    def stay(self) -> None:
        """Remember the kata as the one to begin at next time."""
        remember_kata(self.kata)

    def take(self, verdict: KataVerdict, untouched: Container[int | None]) -> TestVerdict | None:
        """Take a verdict on the current kata; the current task is the one that it is red at.

        Args:
            verdict: What the tests said.
            untouched: The tasks that were not begun.

        Returns:
            The red test whose message matters most.
        """
        self.verdict = verdict
        red = telling_red(verdict.tests, self.task, untouched)
        self.task = (red.task if red is not None else None) or self.task
        return red

    def open_hint(self) -> int:
        """Open the next tier of the current task's hints, and return it; the third one stays."""
        tier = min(self.tier + 1, TIERS)
        self._tiers[self.kata.id, self.task] = tier
        remember_tier(self.kata, self.task, tier)
        return tier
