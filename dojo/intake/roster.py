"""Read a roster: who handed in what, when, and until when; also as a spreadsheet wrote it."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import datetime
import difflib
import functools
import io
import re
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

_MARKS = {
    # The longer one first: it begins with the shorter one.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


_COLUMNS = ("id", "path", "submitted", "deadline", "extension")


@dataclasses.dataclass(frozen=True)
class _Line:
    place: str
    cells: dict[str, str]
    columns: tuple[tuple[str, str], ...]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclasses.dataclass(frozen=True)
class _Dates:
    """How the dates of one file are read."""

    zone: datetime.tzinfo
    day_first: bool | None

    def read(self, line: _Line, column: str, *, latest: bool = False) -> datetime.datetime | None:
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
    lines = _lines_of(roster, rest, may_lack_paths=bool(found))
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
    return _with_terms(every, [line for line in lines if not line["path"]], dates, rest)


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


def _with_terms(every: list[HandIn], lines: list[_Line], dates: _Dates, rest: Rest) -> list[HandIn]:
    """Give hand-ins the terms and dates of lines that say nothing of where they are.

    Raises:
        RosterError: A learner is in two of these lines.
    """
    present = {same_name(one.learner) for one in every}
    said: dict[str, tuple[Terms, datetime.datetime | None]] = {}
    for line in lines:
        key = same_name(learner_id(line["id"]))
        if key in said:
            raise RosterError(f"{line.place}: {line['id']!r} is there twice: keep one line")
        said[key] = _terms_of(line, dates), dates.read(line, "submitted")
        if key not in present:
            near = difflib.get_close_matches(key, present, n=1)
            meant = f"; there is {near[0]!r}: is that it?" if near else ""
            rest.told.append(f"{line.place}: {line['id']!r} handed in nothing{meant}")
    held = []
    for one in every:
        terms, submitted = said.get(same_name(one.learner), (one.terms, None))
        held.append(dataclasses.replace(one, terms=terms, submitted=submitted or one.submitted))
    return held


def _terms_of(line: _Line, dates: _Dates) -> Terms:
    extension = datetime.timedelta()
    if text := line["extension"]:
        try:
            extension = read_length(text)
        except MomentError as error:
            raise RosterError(f"{line.place}: the extension {text!r} {error}") from None
    return Terms(dates.read(line, "deadline", latest=True), extension, line.columns)


def _date_of(one: HandIn) -> datetime.datetime:
    return one.submitted or datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


def _lines_of(roster: Path, rest: Rest, *, may_lack_paths: bool) -> list[_Line]:
    text, encoding = _text_of(roster)
    if encoding == "cp1252":
        rest.told.append(f"{roster}: is not UTF-8, read as cp1252: look at the names")
    # Excel's own way to say it, on a line before the first.
    declared = re.match(r"\s*sep=(.)\s*\n", text)
    tables = {
        one: _rows_of(text, one, roster) for one in (declared[1] if declared else _SEPARATORS)
    }
    if declared:
        tables = {one: rows[1:] for one, rows in tables.items()}
    heads = {one: [cell.casefold() for cell in rows[0][1]] for one, rows in tables.items() if rows}
    if not heads:
        raise RosterError(f"the roster {str(roster)!r} is empty: its first line is 'id,path'")
    needed = {"id"} if may_lack_paths else {"id", "path"}
    fits = [one for one, head in heads.items() if needed <= set(head)]
    best = max(fits or heads, key=lambda one: len(heads[one]))
    if not fits:
        columns = "the column 'id'" if may_lack_paths else "the columns 'id' and 'path'"
        raise RosterError(
            f"the roster {str(roster)!r} needs {columns}; read as {encoding} with"
            f" the separator {_SEPARATORS.get(best, best)}, its first line has {heads[best]}"
        )
    (_, written), *rows = tables[best]
    lines = []
    for number, cells in rows:
        row = dict(zip(heads[best], cells, strict=False))
        place = f"line {number} of the roster {str(roster)!r}"
        if not row.get("id") or not (row.get("path") or may_lack_paths):
            raise RosterError(f"{place} lacks an id or a path")
        more = zip(written, cells, strict=False)
        columns_of_its_own = tuple(
            (name, cell) for name, cell in more if name and name.casefold() not in _COLUMNS
        )
        lines.append(_Line(place, row, columns_of_its_own))
    if not lines:
        raise RosterError(f"the roster {str(roster)!r} names nobody: it has a first line only")
    return lines


def _rows_of(text: str, separator: str, roster: Path) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, with the numbers of their lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise RosterError(
            f"line {reader.line_num} of the roster {str(roster)!r} cannot be read: {error}"
        ) from None
    return rows


def _text_of(roster: Path) -> tuple[str, str]:
    """Return the text and its encoding: the one that it begins with, UTF-8, or Excel's."""
    try:
        content = roster.read_bytes()
    except OSError as error:
        raise RosterError(f"the roster {str(roster)!r} cannot be read: {error.strerror}") from None
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    encodings = [marked] if marked else ["utf-8", "cp1252"]
    if not marked and b"\0" in content[:4]:
        encodings = ["utf-16-be" if content[:1] == b"\0" else "utf-16-le"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            said = f"{error.reason} at byte {error.start}"
            continue
        if "\0" not in text:
            return text, encoding
        said = "it holds NUL characters"
    raise RosterError(
        f"the roster {str(roster)!r} is no text in {' or '.join(encodings)} ({said}):"
        " save it as 'CSV UTF-8'"
    )


def _hand_in_of(line: _Line, roster: Path, katas: Sequence[Kata], dates: _Dates) -> HandIn:
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
