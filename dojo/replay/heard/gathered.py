"""Gather the rows of one test as they come, whoever tells them; make a story of them at the end.

Nothing that goes wrong here may reach the test: what is gathered are objects of a learner's.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dojo.ground.safe_text import one_line
from dojo.replay.story import MOST_RUNS, MOST_STATES, Kind, Nap, Run, State, Story, Table

_MOST_NOTES = 20
_MOST_CALLS = 24
# The state of what an engine was to do, and has not begun.
PLANNED = "Planned"
_IDS = re.compile(
    r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]{6,}"
)


@dataclasses.dataclass
class Row:
    """A run as it is gathered: it is known by whatever its engine calls it by.

    Attributes:
        key: The engine's own id of it.
        kind: As in `Run`.
        name: As in `Run`.
        parent: The key of the run that it belongs to; None without.
        gets: The keys of the runs whose results it was given.
        states: Stamp in seconds of the epoch, name, and the length of a scheduled wait or None.
        naps: When it waited by itself, and how long.
        notes: As in `Run`.
    """

    key: Any
    kind: Kind
    name: str
    parent: Any = None
    gets: list[Any] = dataclasses.field(default_factory=list)
    states: list[tuple[float, str, float | None]] = dataclasses.field(default_factory=list)
    naps: list[tuple[float, float]] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    @property
    def began(self) -> float:
        """Return its first stamp."""
        return self.states[0][0] if self.states else float("inf")

    @property
    def is_only_planned(self) -> bool:
        """Say whether its engine has not begun with it."""
        return [name for _, name, _ in self.states] == [PLANNED]

    @property
    def place(self) -> float:
        """Return what it is sorted by: what was only planned comes last."""
        return float("inf") if self.is_only_planned else self.began

    @property
    def ended(self) -> float:
        """Return its last stamp."""
        return self.states[-1][0] if self.states else float("inf")


@dataclasses.dataclass
class Call:
    """A call of the solution: when it began and ended, and what came of it."""

    name: str
    began: float
    ended: float = float("inf")
    said: str = "did not end"
    waits_s: list[float] = dataclasses.field(default_factory=list)


class Gathered:
    """The rows of one test."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin now; `folder` is where the test keeps its files."""
        self.folder = folder
        self.zero = time.time()  # what a story's seconds count from
        self.calls: list[Call] = []
        self.moves: list[tuple[float, float]] = []
        self.naps: list[tuple[Any, float, float]] = []  # whose: a run's key, or None
        self.tables: list[Table] = []
        self.rows: list[Callable[[], Iterable[Row]]] = []  # of each engine, asked at the end
        self.before: list[Callable[[], object]] = []  # called before the first call of the solution
        self.returned: list[Callable[[str, Any], object]] = []  # told what each call returned
        self.after: list[Callable[[], object]] = []  # called at the end of the test
        self.flows_read: Callable[[], object] = lambda: None  # asks a server that may go
        self.who_waits: list[Callable[[], Any]] = []  # return the key of the run of this thread
        self._lock = threading.Lock()

    def note_move(self, by: str, seconds: float) -> None:
        """Note a wait that was free, or a move of the time of day; called in who waits."""
        at = time.time()
        if by == "test":
            self.moves.append((at, seconds))
        elif by == "solution":
            found = (ask() for ask in self.who_waits)
            owner = next((one for one in found if one is not None), None)
            with self._lock:
                self.naps.append((owner, at, seconds))

    def note_call(self, name: str) -> Callable[[Any, BaseException | None], None]:
        """Note a call of the solution; return what is to be called at its end."""
        with self._lock:
            if not self.calls:
                _do(self.before)
            call = Call(name, time.time())
            self.calls.append(call)

        def end(value: Any, error: BaseException | None) -> None:
            call.ended = time.time()
            with contextlib.suppress(Exception):
                call.said = self.without_chance(_ending(value, error))
            if error is None:
                _do(self.returned, name, value)

        return end

    def without_chance(self, text: str) -> str:
        """Return a text on one line, without ids and without where the test keeps its files."""
        if self.folder is not None:
            text = text.replace(f"{self.folder}/", "").replace(f"{self.folder.parent}/", "")
        return one_line(_IDS.sub("(id)", text), 240)

    def add_table(self, title: str, columns: list[str], rows: list[list[Any]], *marks: int) -> None:
        """Add a table of anything; one without rows is left out."""
        if rows:
            cells = tuple(
                tuple(self.without_chance(str(cell)) for cell in row) for row in rows[:200]
            )
            self.tables.append(Table(title=title, columns=tuple(columns), rows=cells, marks=marks))

    def story(self, kata: str, test: str, solution: str, most_runs: int = MOST_RUNS) -> Story:
        """Return all that was gathered, with numbers for ids and seconds from the first stamp.

        Args:
            kata: As in `Story`.
            test: As in `Story`.
            solution: As in `Story`.
            most_runs: How many runs to keep, from the first.
        """
        rows: list[Row] = []
        for ask in self.rows:
            with contextlib.suppress(Exception):  # a server that has gone
                rows += [row for row in ask() if row.states]
        rows = _parents_first(sorted(rows, key=lambda row: row.place))
        for row in rows:
            row.notes = [self.without_chance(one) for one in row.notes]
        kept, self.zero = rows[:most_runs], min((row.began for row in rows), default=self.zero)
        numbers = {row.key: number for number, row in enumerate(kept, start=1)}
        for owner, at, seconds in self.naps:
            napper = next((one for one in kept if one.key == owner), None) or _around(kept, at)
            call = next((one for one in self.calls if one.began <= at <= one.ended), None)
            if napper is not None:
                napper.naps.append((at, seconds))
            elif call is not None:
                call.waits_s.append(seconds)
        _do(self.after)
        self._tell_calls(rows)
        return Story(
            kata=kata,
            test=test,
            solution=solution,
            runs=tuple(_run(row, numbers, self.zero) for row in kept),
            moves=tuple(
                Nap(at=_s(at - self.zero), seconds=by) for at, by in self.moves[:MOST_STATES]
            ),
            tables=tuple(self.tables[:40]),
            left_out=len(rows) - len(kept),
        )

    def _tell_calls(self, rows: list[Row]) -> None:
        """Tell of the calls of which no engine knows: none of its runs went on in them."""
        apart = [
            call
            for call in self.calls
            if not any(row.began <= call.ended and row.ended >= call.began for row in rows)
        ]
        told = [
            [call.name, call.said, ", ".join(f"{one:g} s" for one in call.waits_s[:12])]
            for call in apart[:_MOST_CALLS]
        ]
        more = len(apart) - _MOST_CALLS
        told += [[f"and {more} more", "", ""]] if more > 0 else []
        columns = ["function", "it", "its waits"]
        if not any(row[-1] for row in told):
            columns, told = columns[:-1], [row[:-1] for row in told]
        self.add_table("Calls in which no run was made", columns, told)


def _ending(value: Any, error: BaseException | None) -> str:
    if error is None:
        return f"returned {value!r}"
    name, why = type(error).__name__, str(error).strip()
    return f"raised {name}: {why}" if why else f"raised {name}"


def _do(these: Iterable[Callable[..., object]], *given: Any) -> None:
    for one in these:
        with contextlib.suppress(Exception):
            one(*given)


def _s(seconds: float) -> float:
    return round(seconds, 4)


def _around(rows: list[Row], at: float) -> Row | None:
    """Return the innermost run that went on at a moment."""
    found = [row for row in rows if row.began <= at <= row.ended]
    return max(found, key=lambda row: row.began, default=None)


def _parents_first(rows: list[Row]) -> list[Row]:
    known = {row.key: row for row in rows}
    found: dict[Any, Row] = {}
    for row in rows:
        way = [row]
        while way[-1].parent in known and known[way[-1].parent] not in way:
            way.append(known[way[-1].parent])
        found.update((one.key, one) for one in reversed(way) if one.key not in found)
    return list(found.values())


def _run(row: Row, numbers: dict[Any, int], zero: float) -> Run:
    number = numbers[row.key]
    parent = numbers.get(row.parent)
    return Run(
        id=number,
        kind=row.kind,
        name=row.name,
        parent=parent if parent is not None and parent < number else None,
        gets=tuple(sorted({numbers[one] for one in row.gets if one in numbers} - {parent, number})),
        states=tuple(
            State(at=_s(at - zero), name=name, wait_s=wait_s)
            for at, name, wait_s in row.states[:MOST_STATES]
        ),
        naps=tuple(Nap(at=_s(at - zero), seconds=s) for at, s in sorted(row.naps)[:MOST_STATES]),
        notes=tuple(row.notes[:_MOST_NOTES]),
    )
