"""Keep a picture of many runs readable: runs of one name within one run become one row."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter

from dojo.replay.timeline import Lane, Timeline

_FEW = 4


@dataclasses.dataclass(frozen=True)
class Folded:
    """Runs that share a row.

    Attributes:
        lanes: The runs, in their order.
    """

    lanes: tuple[Lane, ...]

    @property
    def name(self) -> str:
        """Return the name of each of them."""
        return self.lanes[0].run.name

    @property
    def depth(self) -> int:
        """Return how many runs each of them is within."""
        return self.lanes[0].depth

    @property
    def said(self) -> str:
        """Return how they ended, such as `Completed 998, Failed 2`."""
        ends = Counter(lane.run.ended for lane in self.lanes)
        return ", ".join(f"{end} {count}" for end, count in ends.most_common())


def folded(timeline: Timeline, most: int) -> list[Lane | Folded]:
    """Return a row for each run; where there are more than `most`, one for many of one name.

    Those that follow each other, are of one name within one run and hold no other run, share a row
    if they are more than four. What is still too much is one row at the end.
    """
    lanes = list(timeline.lanes)
    if len(lanes) <= most:
        return list(lanes)
    parents = {lane.run.parent for lane in lanes}

    def sort(lane: Lane) -> tuple[object, ...]:
        alone = lane.run.id if lane.run.id in parents else 0
        return lane.run.parent, lane.run.kind, lane.run.name, lane.depth, alone

    rows: list[Lane | Folded] = []
    for _, group in itertools.groupby(lanes, key=sort):
        same = tuple(group)
        rows += [Folded(same)] if len(same) > _FEW else same
    if len(rows) <= 2 * most:
        return rows
    return _by_name(rows, most)


def _by_name(rows: list[Lane | Folded], most: int) -> list[Lane | Folded]:
    """Keep the first rows; join the rest by depth and name, wherever they are."""
    rest: dict[tuple[int, str], list[Lane]] = {}
    for row in rows[most:]:
        for lane in row.lanes if isinstance(row, Folded) else (row,):
            rest.setdefault((lane.depth, lane.run.name), []).append(lane)
    return [*rows[:most], *(Folded(tuple(lanes)) for lanes in rest.values())]
