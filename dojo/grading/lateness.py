"""Say what comes off a result that was handed in late, by the submission's own date."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from dojo.exam.marks import Record
from dojo.grading.results import Result
from dojo.intake.learners import Terms

NO_DATE = "no date: lateness not judged"
NO_DEADLINE = "an extension, and no deadline: lateness not judged"


class LatePolicy(Record):
    """What a late day costs.

    Attributes:
        deadline: The last moment in time; None: nothing is late.
        percent_a_day: Taken off what was earned for each day begun after it.
        at_most_percent: All late days together take off no more.
        grace_minutes: A day is begun only when so many minutes of it are over.
    """

    deadline: datetime.datetime | None = None
    percent_a_day: Annotated[float, Field(ge=0, le=100)] = 10.0
    at_most_percent: Annotated[float, Field(ge=0, le=100)] = 100.0
    grace_minutes: Annotated[float, Field(ge=0, lt=24 * 60)] = 0.0

    def late_days(self, submitted: datetime.datetime | None) -> int:
        """Count the days begun between deadline and submission, as the deadline's clocks show them.

        Args:
            submitted: The submission's own date; a regrade does not change it.

        Returns:
            The number; 0 when in time, or when there is no deadline or no date.
        """
        if self.deadline is None or submitted is None:
            return 0
        deadline, submitted = _aware(self.deadline), _aware(submitted)
        grace = datetime.timedelta(minutes=self.grace_minutes)
        # Python subtracts within one zone by its clock, which a change of the clock moves.
        utc = datetime.timezone.utc
        if submitted.astimezone(utc) - deadline.astimezone(utc) <= grace:
            return 0
        there = submitted.astimezone(deadline.tzinfo).replace(tzinfo=None)
        by_the_clock = there - deadline.replace(tzinfo=None) - grace
        return max(math.ceil(by_the_clock / datetime.timedelta(days=1)), 1)

    def reduce(self, earned: float, late_days: int) -> float:
        """Return what is left of `earned` points after `late_days`."""
        percent = min(self.percent_a_day * late_days, self.at_most_percent)
        return round(earned * (100 - percent) / 100, 2)


def apply_lateness(result: Result, policy: LatePolicy, terms: Terms | None = None) -> Result:
    """Take off what the submission's own date costs; the date of grading has no say.

    Args:
        result: What was graded.
        policy: The class's.
        terms: What holds for the learner alone.

    Returns:
        The result; the learner's own deadline and what else a roster tells stand in it.
    """
    terms = terms or Terms()
    deadline = terms.moved(policy.deadline)
    if deadline != policy.deadline or terms.columns:
        own = deadline if deadline != policy.deadline else None
        result = result.model_copy(update={"deadline": own, "columns": dict(terms.columns)})
    policy = policy.model_copy(update={"deadline": deadline})
    if deadline is None and terms.extension:
        return result.model_copy(update={"notes": (*result.notes, NO_DEADLINE)})
    if policy.deadline is not None and result.submitted is None:
        return result.model_copy(update={"notes": (*result.notes, NO_DATE)})
    late_days = policy.late_days(result.submitted)
    if result.earned is None or not late_days:
        return result
    earned = policy.reduce(result.earned, late_days)
    return result.model_copy(update={"earned": earned, "late_days": late_days})


def best_attempts(results: Sequence[Result]) -> list[Result]:
    """Take of each learner and kata the attempt that earned most, lateness taken off.

    Args:
        results: Of one learner in the order of the attempts; of equal ones the newest counts.

    Returns:
        One result a learner and kata; a note says what the others earned.
    """
    attempts: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        attempts.setdefault((one.learner, one.kata), []).append(one)
    chosen = []
    for theirs in attempts.values():
        best = max(reversed(theirs), key=lambda one: -1 if one.earned is None else one.earned)
        if others := [one for one in theirs if one is not best]:
            said = [f"{one.source} ({_earned(one)})" for one in others]
            note = f"of {len(theirs)} attempts {best.source} is the best, not {', '.join(said)}"
            best = best.model_copy(update={"notes": (*best.notes, note)})
        chosen.append(best)
    return chosen


def _earned(result: Result) -> str:
    return "not graded" if result.earned is None else f"{result.earned:g}"


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
