"""Gather what was handed from call to call, which files stay, and when a deployment starts.

What a call returns is what XCom carries in kata 16; a deployment that it returns, or moments, are
what kata 10 is about.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.ground.safe_text import one_line
from dojo.replay.heard.gathered import Gathered

_MOST_FILES = 60
_MOST_STARTS = 12
_MOST_TABLES = 6
# The clocks change in the nights to these days, in Europe: look from two days before.
_CHANGES = (datetime.date(2026, 3, 29), datetime.date(2026, 10, 25))
_STARTS = ["", "clock on the wall", "from UTC", " "]
_CARRIED = ["call", "bytes", "value"]
_MOST_VALUES = 20
_MOST_SIGNS = 1_000


@contextlib.contextmanager
def heard(gathered: Gathered, folder: Path | None) -> Iterator[None]:
    """Tell of the starts that calls return; where there is a folder, of values and files."""
    returned: list[tuple[str, Any]] = []
    gathered.returned.append(lambda name, value: returned.append((name, value)))
    files: dict[str, int] = {}
    if folder is not None:
        gathered.before.append(lambda: files.update(files_in(folder)))

    def tell() -> None:
        for name, value in _first_of_each(returned):
            for title, rows, marks in calendars_of(value):
                gathered.add_table(f"{name}: {title}", _STARTS, rows, *marks)
        if folder is None:
            return
        rows = [_as_json(name, value) for name, value in returned[:_MOST_VALUES]]
        gathered.add_table("What JSON carries to the next task", _CARRIED, rows)
        # Of the other calls there is more to say: they raised.
        gathered.calls = [call for call in gathered.calls if not call.said.startswith("returned")]
        now = files_in(folder)
        rows = [[name, str(size), _change(files.get(name), size)] for name, size in now.items()]
        rows += [[name, "", "gone"] for name in files.keys() - now.keys()]
        gathered.add_table("Files that stay", ["file", "bytes", ""], sorted(rows))

    gathered.after.append(tell)
    yield


def files_in(folder: Path) -> dict[str, int]:
    """Return the files below a folder and their sizes in bytes, the first ones of many."""
    found: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for path in sorted(folder.rglob("*")):
            if len(found) >= _MOST_FILES:
                break
            if path.is_file():
                found[str(path.relative_to(folder))] = path.stat().st_size
    return found


def calendars_of(value: Any) -> Iterator[tuple[str, list[list[str]], list[int]]]:
    """Yield title, rows and remarkable rows for what has starts: a deployment, or moments."""
    if isinstance(value, list) and value and all(_is_aware(one) for one in value):
        yield "the starts it tells", *_calendar(value[:_MOST_STARTS])
        return
    for schedule in getattr(value, "schedules", None) or []:
        for day in _CHANGES:
            with contextlib.suppress(Exception):  # a schedule of a learner's may be anything
                starts = _starts_of(schedule.schedule, day)
                yield f"starts around {day:%d %B %Y}", *_calendar(starts)


def _starts_of(schedule: Any, day: datetime.date) -> list[datetime.datetime]:
    """Ask Prefect's own scheduler for the starts around a change of the clocks in Paris."""
    from zoneinfo import ZoneInfo

    from prefect.server.schemas import schedules

    twin = getattr(schedules, type(schedule).__name__)(**schedule.model_dump())
    begin = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc)
    begin -= datetime.timedelta(days=1)
    starts = asyncio.run(twin.get_dates(200, start=begin, end=begin + datetime.timedelta(days=3)))
    if len(starts) > _MOST_STARTS:  # an hourly one: the hours of the change
        change = begin + datetime.timedelta(days=1, hours=1)
        near = sorted(starts, key=lambda one: abs(one - change))[:_MOST_STARTS]
        starts = sorted(near)
    return [start.astimezone(ZoneInfo("Europe/Paris")) for start in starts]


def _calendar(starts: list[datetime.datetime]) -> tuple[list[list[str]], list[int]]:
    """Return a row for each start; remarkable are those with another distance to UTC."""
    rows: list[list[str]] = []
    marks = []
    for number, start in enumerate(starts):
        before = starts[number - 1] if number else start
        note = ""
        if start.utcoffset() != before.utcoffset():
            note = "the clocks have changed"
            marks.append(number)
        shown = start.strftime("%z")
        clock = start.strftime("%a %d %b %H:%M")
        rows.append([f"{start.timestamp():.0f}", clock, f"{shown[:3]}:{shown[3:5]}", note])
    # Two moments of one zone are subtracted by the clock on the wall: Python's own, which Prefect
    # gives on 3.13.
    passed = (b.timestamp() - a.timestamp() for a, b in itertools.pairwise(starts))
    gaps = ["", *(f"{seconds / 3600:g} h later" for seconds in passed)]
    return [[gap, *row[1:]] for gap, row in zip(gaps, rows, strict=True)], marks


def _is_aware(value: Any) -> bool:
    return isinstance(value, datetime.datetime) and value.utcoffset() is not None


def _as_json(name: str, value: Any) -> list[str]:
    """Return call, size and text of a value that JSON can carry; empty if it carries none."""
    try:
        text = json.dumps(value, allow_nan=False)
    except Exception as error:  # what a solution returns may raise anything
        return [name, "-", f"JSON cannot carry it: {one_line(str(error), 80)}"]
    return [name, f"{len(text):,}", text[:_MOST_SIGNS]]


def _change(before: int | None, size: int) -> str:
    if before is None:
        return "new"
    return "" if before == size else f"was {before:,}"


def _first_of_each(returned: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    found: dict[str, Any] = {}
    for name, value in returned:
        if any(True for _ in calendars_of(value)):
            found.setdefault(name, value)
    return list(found.items())[:_MOST_TABLES]
