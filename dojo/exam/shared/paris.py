"""Span days by the clocks of Paris, and say when these change."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def span(day: datetime.date, days: int) -> list[str]:
    """Return the span from the midnight of a day in Paris, for some days, without the last one."""
    first = datetime.datetime.combine(day, datetime.time(0), PARIS)
    last = datetime.datetime.combine(
        day + datetime.timedelta(days=days), datetime.time(0), PARIS
    ) - datetime.timedelta(seconds=1)
    return [first.isoformat(), last.isoformat()]


def clock_change(year: int, month: int) -> datetime.date:
    """Return the day on which the clocks of Paris change: the last Sunday of March or October."""
    last = datetime.date(year, month, 31)
    return last - datetime.timedelta(days=(last.weekday() + 1) % 7)
