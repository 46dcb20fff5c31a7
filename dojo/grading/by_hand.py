"""Set a mark by hand: with its reason, shown as such, and kept when the batch is graded again."""

from __future__ import annotations

from collections.abc import Mapping

from dojo.exam.marks import Points
from dojo.grading.results import ByHand, Result

Whose = tuple[str, str]  # a learner and a kata


def with_marks_by_hand(results: list[Result], marks: Mapping[Whose, ByHand]) -> list[Result]:
    """Return the results, those that have a mark by hand with that one.

    Args:
        results: As they were graded, lateness taken off: a mark by hand is the last word.
        marks: By learner and kata. One that is more than the kata may earn by now is not set: a
            note says so.
    """
    return [_with_kept_mark(one, marks.get((one.learner, one.kata))) for one in results]


def _with_kept_mark(result: Result, mark: ByHand | None) -> Result:
    if mark is not None and mark.earned > result.points:
        note = f"a mark by hand is not set: {mark.earned:g} of {result.points:g} points"
        return result.model_copy(update={"notes": (*result.notes, note)})
    return with_mark(result, mark)


def with_mark(result: Result, mark: ByHand | None) -> Result:
    """Return a result with a mark by hand; None: with what was computed.

    Raises:
        ValueError: The mark is more than the kata may earn.
    """
    computed = result.earned if result.by_hand is None else result.by_hand.computed
    notes = tuple(one for one in result.notes if not one.startswith(_BEGINNING))
    if mark is None:
        return result.model_copy(update={"earned": computed, "by_hand": None, "notes": notes})
    mark = mark.model_copy(update={"computed": computed})
    changes = {"earned": mark.earned, "by_hand": mark, "notes": (*notes, _note(mark))}
    return result.model_copy(update=changes)


_BEGINNING = "set by hand: "


def _note(mark: ByHand) -> str:
    return f"{_BEGINNING}{mark.reason} (graded: {_written(mark.computed)})"


def _written(points: Points | None) -> str:
    return "no mark" if points is None else f"{points:g}"
