"""Read a moment as people and platforms write it.

A moment without a zone is another one in every place, so each needs one: its own, or the one that
the reader is told to take.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable

HOW = "2026-11-24T18:00:00+01:00 or '2026-11-24T18:00 Europe/Paris'"

_MOMENT = re.compile(
    r"""
    (?:(?P<year>\d{4}) (?P<mark>[-/.]) (?P<month>\d{1,2}) (?P=mark) (?P<day>\d{1,2})
      | (?P<first>\d{1,2}) (?P<sign>[-/.]) (?P<second>\d{1,2}) (?P=sign) (?P<last>\d{4}))
    (?:[T\s,]+ (?P<hour>\d{1,2}) :(?P<minute>\d\d) (?: :(?P<seconds>\d\d) (?:[.,]\d+)?)?
      (?:\s* (?P<half>[ap]) \.?m\.?)?)?
    \s* (?P<offset>Z(?![A-Z]) | [+-]\d\d (?: :?\d\d)?)?
    \s* (?P<bracket>\[)? (?P<zone>[A-Z][\w+-]* (?: /[\w+-]+)*)? (?(bracket)\])
    """,
    re.VERBOSE | re.IGNORECASE,
)


_DAY_IN_WORDS = re.compile(
    r"(?:\w+,?\s+)?(?:(?P<day>\d{1,2})(?:er)?\s+(?P<month>[a-z]{3,9})\.?,?\s+(?P<year>\d{4})"
    r"|(?P<name>[a-z]{3,9})\.?\s+(?P<number>\d{1,2}),\s+(?P<last>\d{4}))",
    re.IGNORECASE,
)
_MONTHS = (
    *("january janvier", "february fevrier", "march mars", "april avril", "may mai", "june juin"),
    *("july juillet", "august aout", "september septembre", "october octobre"),
    *("november novembre", "december decembre"),
)

_LENGTH = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*(m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class MomentError(ValueError):
    """A text is no moment; the message says why."""


def read_moment(
    text: str,
    zone: datetime.tzinfo | None = None,
    *,
    day_first: bool | None = None,
    latest: bool = False,
) -> datetime.datetime:
    """Read a date with its time.

    Args:
        text: ISO 8601, or the day and month first with `.`, `/` or `-` between, or as Moodle
            writes it in English or French (`Tuesday, 24 November 2026, 5:58 PM`); then perhaps an
            offset, or the name of a zone such as `Europe/Paris`.
        zone: Of a text that names none; None: there must be one.
        day_first: Whether 03/04/2026 is in April; None: it is refused.
        latest: Of two moments that one clock shows where it is turned back, take the later one.

    Returns:
        The moment in its zone, to the second.

    Raises:
        MomentError: It is none, or could be several.
    """
    found = _read(text)
    if found is None:
        raise MomentError("is no date")
    if found["hour"] is None:
        raise MomentError("has no time of day")
    year, month, day = _date_of(found, day_first)
    if not 2000 <= year < 2200:
        raise MomentError(f"is no date of our time: {year}")
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise MomentError("is no time of day")
        hour = hour % 12 + 12 * (found["half"] in "pP")
    try:
        clock = datetime.datetime(
            year, month, day, hour, int(found["minute"]), int(found["seconds"] or 0)
        )
    except ValueError as error:
        raise MomentError(f"is no date ({error})") from None
    named = zone_called(found["zone"]) if found["zone"] else zone
    if found["offset"]:
        return _with_offset(clock, found["offset"], named if found["zone"] else None)
    if named is None:
        raise MomentError("has no zone")
    moment = clock.replace(tzinfo=named, fold=int(latest))
    if found["zone"] and _clock_after_a_round_trip(moment) != clock:
        raise MomentError(f"does not exist: clocks in {found['zone']} were put forward then")
    return moment


def read_length(text: str) -> datetime.timedelta:
    """Read a length of time: a number and its unit, such as `10m`, `36h` or `3d`.

    Raises:
        MomentError: It is none.
    """
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise MomentError("is no length of time: write 10m, 36h or 3d")
    unit = _UNITS[found[2][0].lower()]
    return datetime.timedelta(**{unit: float(found[1].replace(",", "."))})


def names_a_zone(text: str) -> bool:
    """Say whether a text, if it is a moment, has a zone of its own."""
    found = _read(text)
    return found is not None and bool(found["offset"] or found["zone"])


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Say in which order a whole column writes day and month.

    Args:
        texts: The column.

    Returns:
        What follows from a number above 12; None if nothing does.

    Raises:
        MomentError: Both orders are used.
    """
    orders: dict[bool, str] = {}
    for text in texts:
        found = _read(text)
        if found is not None and found["first"] is not None:
            if int(found["first"]) > 12:
                orders[True] = text
            elif int(found["second"]) > 12:
                orders[False] = text
    if len(orders) == 2:
        first, second = orders[True], orders[False]
        raise MomentError(f"has {first!r} with the day first and {second!r} with the month first")
    return next(iter(orders), None)


def _read(text: str) -> re.Match[str] | None:
    """Match a text, a month that is named in English or French turned into its number."""
    text = text.strip()
    letters = unicodedata.normalize("NFD", text)
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    found = _DAY_IN_WORDS.match(bare)
    if found is not None:
        name = (found["month"] or found["name"]).casefold()
        fits = [
            number
            for number, names in enumerate(_MONTHS, start=1)
            if name in names.split() or name in {one[:3] for one in names.split()}
        ]
        if len(fits) == 1:
            day = f"{found['year'] or found['last']}-{fits[0]}-{found['day'] or found['number']}"
            text = day + bare[found.end() :]
    return _MOMENT.fullmatch(text)


def _date_of(found: re.Match[str], day_first: bool | None) -> tuple[int, int, int]:
    if found["year"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    first, second = int(found["first"]), int(found["second"])
    if found["sign"] == "." or first > 12 or first == second:
        day_first = True
    elif second > 12:
        day_first = False
    if day_first is None:
        raise MomentError("may put the day first or the month")
    day, month = (first, second) if day_first else (second, first)
    return int(found["last"]), month, day


def _with_offset(
    clock: datetime.datetime, text: str, zone: datetime.tzinfo | None
) -> datetime.datetime:
    digits = text[1:].replace(":", "")
    offset = datetime.timedelta()
    if digits:
        offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    try:
        moment = clock.replace(tzinfo=datetime.timezone(-offset if text[0] == "-" else offset))
        there = moment if zone is None else moment.astimezone(zone)
    except (ValueError, OverflowError):
        raise MomentError(f"has no offset that exists: {text}") from None
    if there.replace(tzinfo=None, fold=0) != clock:
        raise MomentError(f"contradicts itself: {zone} is not at {text} then")
    return there


def zone_called(name: str) -> datetime.tzinfo:
    """Return a zone by its name, such as `Europe/Paris`.

    Raises:
        MomentError: There is none, or this machine knows none.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
    if not known:
        raise MomentError("names a zone, and this machine knows none: 'pip install tzdata'")
    by_name = {one.casefold(): one for one in known}
    by_name |= {one.rpartition("/")[2]: full for one, full in by_name.items()}
    near = difflib.get_close_matches(name.casefold(), by_name, n=1)
    meant = f"; did you mean {by_name[near[0]]!r}?" if near else ""
    raise MomentError(f"names the zone {name!r}, which does not exist{meant}")


def _clock_after_a_round_trip(moment: datetime.datetime) -> datetime.datetime:
    back = moment.astimezone(datetime.timezone.utc).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None, fold=0)
