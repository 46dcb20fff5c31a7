"""Lay the runs of a story out in time: bars, each from one stored state to the next.

A test's clock skips waits. Here each has the length that was scheduled, so what came after it is
moved by as much: in its own run, and in the runs that went on, or began, once that run had ended.
What ran beside it is not. Between two calls, when nothing runs, no time passes.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from dojo.replay.story import Run, Story

Look = Literal["waiting", "flow", "work", "wait", "nap"]
_NAP, _STATE = 0, 1
# A wait is taken for skipped if less than this part of it passed.
_PART_OF_A_WAIT = 0.9
# What each kind of bar is, for a legend; in this order.
MEANS: dict[Look, str] = {
    "flow": "a run that holds others",
    "work": "at work",
    "waiting": "not begun yet",
    "wait": "a wait of the engine",
    "nap": "a wait in your code",
}
_GOOD = {"completed", "success", "finished", "cached"}
_BAD = {"failed", "failure", "crashed", "timedout", "canceled", "cancelled", "killed"}
_PENDING = {"pending", "scheduled", "late", "paused", "notready"}
_HOLDS_OTHERS = {"flow run", "run", "tracked run"}


@dataclasses.dataclass(frozen=True)
class Bar:
    """What lies between two rows that were stored.

    Attributes:
        run: The number of the run.
        row: The place among its states of the one that it begins with.
        begin_s: Where it begins.
        end_s: Where it ends.
        look: What it is.
        label: What is written in it: the length of a wait.
        is_skipped: Whether the test's clock skipped it: it is drawn as long as it was to be.
        attempt: Which attempt it is, from 1; 0 where it is none.
    """

    run: int
    row: int
    begin_s: float
    end_s: float
    look: Look
    label: str = ""
    is_skipped: bool = False
    attempt: int = 0


@dataclasses.dataclass(frozen=True)
class Lane:
    """One run and its bars.

    Attributes:
        run: The run.
        depth: How many runs it is within.
        begin_s: Where its first state is.
        end_s: Where its last state is.
        bars: Its bars in order; empty where one state is all there is.
    """

    run: Run
    depth: int
    begin_s: float
    end_s: float
    bars: tuple[Bar, ...]


@dataclasses.dataclass(frozen=True)
class Timeline:
    """All runs of a story, laid out.

    Attributes:
        lanes: Each run, with its children behind it.
        length_s: From the first state to the last.
        breaks: Where nothing ran for a moment: the place, and what the test did with the clock.
    """

    lanes: tuple[Lane, ...]
    length_s: float
    breaks: tuple[tuple[float, str], ...]


def is_good(state: str) -> bool | None:
    """Say whether a state is a good end, in any engine's words; None of what is no end."""
    low = state.lower()
    return True if low in _GOOD else False if low in _BAD else None


def said(seconds: float) -> str:
    """Write a length of time as people do: `0.2 s`, `90 s`, `2 h`."""
    if seconds >= 7200:
        return f"{seconds / 3600:.3g} h"
    if seconds >= 600:
        return f"{seconds / 60:.3g} min"
    if seconds >= 10:
        return f"{seconds:.3g} s"
    return f"{seconds:.2g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


_STEPS_S = [
    *(unit * 10**power for power in (-3, -2, -1, 0) for unit in (1, 2, 5)),
    *(10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400),
]


def ticks(length_s: float, most: int = 5) -> list[float]:
    """Return where an axis has its marks: round lengths of time, so many steps at most."""
    step = next((one for one in _STEPS_S if length_s / one <= most), length_s)
    return [round(step * number, 4) for number in range(int(length_s / step) + 1)] if step else [0]


def lay_out(story: Story) -> Timeline:
    """Return the runs of a story as they would have been without a clock that skips."""
    places, breaks = _places(story)
    lanes = [_lane(run, depth, places) for run, depth in _in_order(story) if (run.id, 0) in places]
    ends = [lane.end_s for lane in lanes]
    return Timeline(tuple(lanes), max(ends, default=0.0), tuple(breaks))


def _in_order(story: Story) -> list[tuple[Run, int]]:
    """Return each run with its depth; children follow their parent, in the order they began."""
    children: dict[int | None, list[Run]] = {}
    for run in story.runs:
        children.setdefault(run.parent, []).append(run)
    found: list[tuple[Run, int]] = []
    left = [(run, 0) for run in reversed(children.get(None, []))]
    while left:
        run, depth = left.pop()
        found.append((run, depth))
        left += [(child, depth + 1) for child in reversed(children.get(run.id, []))]
    return found


def _places(story: Story) -> tuple[dict[tuple[int, int], float], list[tuple[float, str]]]:
    """Return where each state is (run and number), and each nap (run and -1, -2, ...)."""
    events = []
    for run in story.runs:
        events += [(one.at, _STATE, run, n) for n, one in enumerate(run.states)]
        events += [(one.at, _NAP, run, n) for n, one in enumerate(run.naps)]
    events.sort(key=lambda event: (event[0], event[1], event[2].id, event[3]))
    moved: dict[int | None, float] = {None: -events[0][0] if events else 0.0}
    places: dict[tuple[int, int], float] = {}
    breaks: list[tuple[float, str]] = []
    running, last = 0, events[0][0] if events else 0.0
    for at, kind, run, number in events:
        if run.id not in moved:
            if not running:
                gone = sum(one.seconds for one in story.moves if last < one.at <= at)
                if places:
                    note = f"the test's clock moved on by {said(gone)}" if gone else ""
                    breaks.append((last + moved[None], note))
                moved[None] -= at - last
            running += 1
            moved[run.id] = moved.get(run.parent, moved[None])
        if kind == _NAP:
            places[run.id, -1 - number] = at + moved[run.id]
            moved[run.id] += run.naps[number].seconds
            continue
        before = run.states[number - 1] if number else None
        wait_s = before.wait_s if before is not None else None
        if before is not None and wait_s is not None and _is_skipped(wait_s, at - before.at):
            moved[run.id] += wait_s - (at - before.at)
        # A parent has been moved meanwhile by what was called in it.
        places[run.id, number] = at + moved[run.id]
        if number == len(run.states) - 1:
            running -= 1
            moved[run.parent] = max(moved.get(run.parent, moved[None]), moved[run.id])
        last = max(last, at)
    return places, breaks


def _is_skipped(wait_s: float, passed_s: float) -> bool:
    return passed_s < wait_s * _PART_OF_A_WAIT


def _lane(run: Run, depth: int, places: dict[tuple[int, int], float]) -> Lane:
    bars: list[Bar] = []
    attempt = 0
    for row, (state, following) in enumerate(zip(run.states, run.states[1:], strict=False)):
        begin, end = places[run.id, row], places[run.id, row + 1]
        if state.wait_s is not None:
            skipped = _is_skipped(state.wait_s, following.at - state.at)
            bars.append(Bar(run.id, row, begin, end, "wait", said(state.wait_s), skipped))
            continue
        look = _look(run, state.name)
        attempt += look == "work"
        for number, nap in enumerate(run.naps):
            if state.at <= nap.at < following.at:
                at = places[run.id, -1 - number]
                bars.append(Bar(run.id, row, begin, at, look, attempt=attempt))
                begin = at + nap.seconds
                bars.append(Bar(run.id, row, at, begin, "nap", said(nap.seconds), True))
        bars.append(Bar(run.id, row, begin, end, look, attempt=attempt * (look == "work")))
    last = len(run.states) - 1
    return Lane(run, depth, places[run.id, 0], places[run.id, last], tuple(bars))


def _look(run: Run, state: str) -> Look:
    if state.lower() in _PENDING:
        return "waiting"
    return "flow" if run.kind in _HOLDS_OTHERS else "work"
