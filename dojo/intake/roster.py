"""Read a roster: who handed in what, when, and until when; also as a spreadsheet wrote it."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.intake.archives import Handed
from dojo.intake.entries import Rest
from dojo.intake.given_names import learner_id, read_plain_name, read_platform_name
from dojo.intake.handed_in import look_at_files, look_into, path_meant
from dojo.intake.learners import Attempt, HandIn, RosterError, Terms, same_name
from dojo.intake.moments import (
    HOW,
    MomentError,
    day_comes_first,
    names_a_zone,
    read_length,
    read_moment,
)
from dojo.intake.tables.lines import Line, lines_of
from dojo.intake.tables.matching import People

_MOST_NAMED = 20


@dataclasses.dataclass(frozen=True)
class _Dates:
    """How the dates of one file are read."""

    zone: datetime.tzinfo
    day_first: bool | None

    def read(self, line: Line, column: str, *, latest: bool = False) -> datetime.datetime | None:
        text = line[column]
        try:
            return (
                read_moment(text, self.zone, day_first=self.day_first, latest=latest)
                if text
                else None
            )
        except MomentError as error:
            raise RosterError(f"{line.place}: {text!r} {error}; write {HOW}") from None


def read_roster(
    roster: Path,
    katas: Sequence[Kata],
    zone: datetime.tzinfo | None,
    rest: Rest,
    found: Sequence[HandIn] = (),
    counts: Attempt = "newest",
) -> list[HandIn]:
    """Read a roster.

    Args:
        roster: A table as text with the columns `id` and `path` (also a folder that is a Git
            repository, or its `file://` URL), and perhaps `submitted`, `deadline`, `extension`.
            Where hand-ins were found elsewhere, a line without a path is on one of those.
        katas: The catalogue.
        zone: Of dates without one; None: UTC.
        rest: Gets what is left out, and how the file was read where that is no matter of course.
        found: What was found elsewhere.
        counts: Which of two lines on one learner.

    Returns:
        What was found elsewhere, with the roster's terms; then one hand-in a learner and line
        that counts.

    Raises:
        RosterError: It cannot be read.
    """
    lines = lines_of(roster, rest, may_lack_paths=bool(found))
    texts = [line[name] for line in lines for name in ("submitted", "deadline") if line[name]]
    try:
        dates = _Dates(zone or datetime.timezone.utc, day_comes_first(texts))
    except MomentError as error:
        raise RosterError(f"the roster {str(roster)!r} {error}: write {HOW}") from None
    without = sum(not names_a_zone(one) for one in texts)
    if without:
        rest.told.append(
            f"{roster}: {without} of {len(texts)} dates have no zone: read in {zone or 'UTC'}"
        )
    listed = [_hand_in_of(line, roster, katas, dates) for line in lines if line["path"]]
    every = [*found, *_of_each_learner(listed, rest, counts)]
    held = _with_terms(every, [line for line in lines if not line["path"]], dates, rest)
    own = [one.learner for one in held if one.terms.deadline or one.terms.extension]
    if own:
        rest.told.append(f"{roster}: a time of their own have {_some_of(own)}")
    return held


def _of_each_learner(listed: list[HandIn], rest: Rest, counts: Attempt) -> list[HandIn]:
    """Take the lines that count; of a learner's lines the one further down is the later one."""
    lines: dict[str, list[HandIn]] = {}
    for one in listed:
        lines.setdefault(same_name(one.learner), []).append(one)
    chosen = []
    for theirs in lines.values():
        theirs.sort(key=_date_of)
        if len(theirs) == 1:
            chosen += theirs
        elif counts == "best":
            chosen += [
                dataclasses.replace(one, attempt=number)
                for number, one in enumerate(theirs, start=1)
            ]
        else:
            one = theirs[0] if counts == "first" else theirs[-1]
            others = [other.source for other in theirs if other is not one]
            rest.left_out += others
            note = f"twice in the roster: {one.source} counts, not {', '.join(others)}"
            chosen.append(dataclasses.replace(one, notes=(*one.notes, note)))
    return chosen


def _with_terms(every: list[HandIn], lines: list[Line], dates: _Dates, rest: Rest) -> list[HandIn]:
    """Give hand-ins the terms and dates of lines that say nothing of where they are.

    Raises:
        RosterError: A learner is in two of these lines.
    """
    if any(line.platform for line in lines):
        return _with_terms_of_sheet(every, lines, dates, rest)
    present = {same_name(one.learner) for one in every}
    said: dict[str, Line] = {}
    for line in lines:
        key = same_name(learner_id(line["id"]))
        if key in said:
            raise RosterError(f"{line.place}: {line['id']!r} is there twice: keep one line")
        said[key] = line
        if key not in present:
            near = difflib.get_close_matches(key, present, n=1)
            meant = f"; there is {near[0]!r}: is that it?" if near else ""
            rest.told.append(f"{line.place}: {line['id']!r} handed in nothing{meant}")
    terms = {key: _terms_of(line, dates) for key, line in said.items()}
    held = []
    for one in every:
        key = same_name(one.learner)
        submitted = dates.read(said[key], "submitted") if key in said else None
        held.append(_held_to(one, terms.get(key), submitted))
    return held


def _held_to(one: HandIn, terms: Terms | None, submitted: datetime.datetime | None) -> HandIn:
    submitted = submitted or one.submitted
    return dataclasses.replace(one, terms=terms or one.terms, submitted=submitted)


def _with_terms_of_sheet(
    every: list[HandIn], lines: list[Line], dates: _Dates, rest: Rest
) -> list[HandIn]:
    """Find for each hand-in the line of a platform's own list."""
    people = People([(line.number, line.names) for line in lines])
    terms = [_terms_of(line, dates) for line in lines]
    held: list[HandIn] = []
    there: set[int] = set()
    for one in every:
        place = people.find([one.learner], one.number)
        if place is None and lines[0].platform == "github":
            place = people.find_owner(one.learner)
        if place is None:
            rest.told.append(f"{one.source}: {one.learner!r} is not in the roster, or not alone")
            held.append(one)
            continue
        there.add(place)
        submitted = dates.read(lines[place], "submitted")
        held.append(_held_to(one, terms[place], submitted))
    absent = [line["id"] for place, line in enumerate(lines) if place not in there]
    if absent:
        rest.told.append(f"{len(absent)} of {len(lines)} handed in nothing: {_some_of(absent)}")
    return held


def _some_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


def _terms_of(line: Line, dates: _Dates) -> Terms:
    extension = datetime.timedelta()
    if text := line["extension"]:
        try:
            extension = read_length(text)
        except MomentError as error:
            raise RosterError(f"{line.place}: the extension {text!r} {error}") from None
    return Terms(dates.read(line, "deadline", latest=True), extension, line.columns)


def _date_of(one: HandIn) -> datetime.datetime:
    return one.submitted or datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


def _hand_in_of(line: Line, roster: Path, katas: Sequence[Kata], dates: _Dates) -> HandIn:
    where = line["path"]
    path = path_meant(where, roster.parent)
    if path is None:
        raise RosterError(
            f"{line.place}: {where!r} is not on this machine;"
            " 'git clone' it first and name the folder"
        )
    return HandIn(
        learner=learner_id(line["id"]),
        source=where,
        look=_look_of(path, katas),
        submitted=dates.read(line, "submitted"),
        is_listed=True,
        terms=_terms_of(line, dates),
    )


def _look_of(path: Path, katas: Sequence[Kata]) -> Callable[[], Handed]:
    """Take a file that a platform named under the name that it was handed in with."""
    given = read_platform_name(path.name, katas, is_folder=False) or read_plain_name(
        path.name, katas
    )
    if given is not None and given.own.endswith(".py"):
        return functools.partial(look_at_files, {given.own: path})
    return functools.partial(look_into, path)
