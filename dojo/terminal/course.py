"""Know where a learner is among the katas: which kata, which task, which hint is the next."""

from __future__ import annotations

from dojo.catalog.kata import Kata
from dojo.catalog.progress import solved_tasks, standing
from dojo.catalog.verdict import KataVerdict


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


class Course:
    """Where the learner is: the kata, its last verdict, the hints given so far.

    It begins at the first unsolved kata, or at the last if all are solved.
    """

    def __init__(self, katas: list[Kata]) -> None:
        self.katas = katas
        self.kata = first_unsolved(katas) or katas[-1]
        self.verdict: KataVerdict | None = None
        self._tiers: dict[tuple[str, int], int] = {}

    @property
    def position(self) -> int:
        """Return the place of the kata among all, from 0."""
        return next(index for index, kata in enumerate(self.katas) if kata.id == self.kata.id)

    @property
    def is_last(self) -> bool:
        """Say whether no kata follows."""
        return self.position + 1 == len(self.katas)

    def renew(self, katas: list[Kata]) -> None:
        """Take a catalogue that was read again; stay on the same kata, or go to the one after."""
        number = self.kata.number
        self.katas = katas
        self.kata = next((kata for kata in katas if kata.number >= number), katas[-1])

    def go(self, step: int) -> bool:
        """Go some katas forwards or backwards; say whether there is such a kata."""
        target = self.position + step
        if not 0 <= target < len(self.katas):
            return False
        self.kata = self.katas[target]
        self.verdict = None
        return True

    def hint(self) -> tuple[int, int]:
        """Return task and tier of the next hint: the first red task's; the third tier stays."""
        red = self.verdict.red if self.verdict is not None else []
        task = next((test.task for test in red if test.task), None)
        task = task or first_unsolved_task(self.kata)
        tier = min(self._tiers.get((self.kata.id, task), 0) + 1, 3)
        self._tiers[self.kata.id, task] = tier
        return task, tier
