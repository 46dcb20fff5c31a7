"""Say whose mark changed between two gradings of the same, and by what."""

from __future__ import annotations

import dataclasses

from dojo.grading.results import Result, Results


@dataclasses.dataclass(frozen=True)
class Change:
    """One learner's one kata, whose mark is another one.

    Attributes:
        learner: Who.
        kata: Which kata.
        before: What it earned; None: it had no mark, or there was none.
        after: What it earns now; None likewise.
        why: What is judged otherwise now, a line each.
    """

    learner: str
    kata: str
    before: float | None
    after: float | None
    why: tuple[str, ...]


def changes(before: Results, after: Results) -> list[Change]:
    """Compare two records, by learner and kata.

    Returns:
        Those whose mark changed, in the order of the newer record; then those who have none now.
    """
    earlier = {(one.learner, one.kata): one for one in before.results}
    later = {(one.learner, one.kata): one for one in after.results}
    found = []
    for who in [*later, *(one for one in earlier if one not in later)]:
        old, new = earlier.get(who), later.get(who)
        was, now = (one.earned if one is not None else None for one in (old, new))
        if was != now or old is None or new is None:
            found.append(Change(*who, was, now, tuple(_why(old, new))))
    return found


def _why(old: Result | None, new: Result | None) -> list[str]:
    if old is None or new is None:
        return ["it was not handed in before" if old is None else "it is not handed in any more"]
    why = [*_versions(old, new), *_flipped(_tests(old), _tests(new), "test")]
    why += _flipped(_scenarios(old), _scenarios(new), "scenario")
    if old.late_days != new.late_days:
        why.append(f"late days: {old.late_days}, now {new.late_days}")
    if (old.by_hand and old.by_hand.earned) != (new.by_hand and new.by_hand.earned):
        why.append("a mark by hand")
    if old.verdict != new.verdict:
        why.append(f"{old.verdict}, now {new.verdict}")
    return why


def _versions(old: Result, new: Result) -> list[str]:
    """Name what a mark holds for and what is another one now."""
    said = []
    if old.binding.submission != new.binding.submission:
        said.append("another file was handed in")
    if old.binding.kata != new.binding.kata:
        said.append("the kata is another version: page, tests, reference or examination")
    for name, text in (("grader", "dojo"), ("python", "Python"), ("lock", "installed packages")):
        was, now = getattr(old.binding, name), getattr(new.binding, name)
        if was != now:
            said.append(f"{text}: {was[:40]}, now {now[:40]}")
    if old.binding.seed != new.binding.seed:
        said.append("another seed")
    return said


def _tests(result: Result) -> dict[str, bool]:
    return {one.test: one.passed for one in result.tests}


def _scenarios(result: Result) -> dict[str, bool]:
    return {one.scenario: one.verdict == "passed" for one in result.scenarios}


def _flipped(old: dict[str, bool], new: dict[str, bool], what: str) -> list[str]:
    """Say which of the judges say something else, new ones included."""
    said = []
    for name, passed in new.items():
        if name not in old and not passed:
            said.append(f"{what} {name} is new, and red")
        elif old.get(name, passed) != passed:
            said.append(f"{what} {name} was {'red' if passed else 'green'}")
    said += [
        f"{what} {name} was red, and is gone" for name in old if name not in new and not old[name]
    ]
    return said
