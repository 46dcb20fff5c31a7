"""Read a roster: who handed in what, and when; also as a spreadsheet wrote it."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import datetime
import functools
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlparse

from dojo.catalog.kata import Kata
from dojo.intake.archives import Handed
from dojo.intake.entries import Rest
from dojo.intake.given_names import learner_id, read_plain_name, read_platform_name
from dojo.intake.handed_in import look_at_files, look_into
from dojo.intake.learners import HandIn, RosterError, same_name
from dojo.intake.moments import (
    HOW,
    MomentError,
    day_comes_first,
    names_a_zone,
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
_FAR_AWAY = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://.*|[^/\\]+@[^/\\]+:.*", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class _Line:
    number: int
    learner: str
    where: str
    submitted: str


def read_roster(
    roster: Path, katas: Sequence[Kata], zone: datetime.tzinfo | None, rest: Rest
) -> list[HandIn]:
    """Read a roster.

    Args:
        roster: A table as text with the columns `id` and `path` (also a folder that is a Git
            repository, or its `file://` URL), and perhaps `submitted`.
        katas: The catalogue.
        zone: Of dates without one; None: UTC.
        rest: Gets what is left out, and how the file was read where that is no matter of course.

    Returns:
        One hand-in a learner.

    Raises:
        RosterError: It cannot be read.
    """
    lines = _lines_of(roster, rest)
    dates = [line.submitted for line in lines if line.submitted]
    try:
        day_first = day_comes_first(dates)
    except MomentError as error:
        raise RosterError(f"the roster {str(roster)!r} {error}: write {HOW}") from None
    without = sum(not names_a_zone(one) for one in dates)
    if without:
        rest.told.append(
            f"{roster}: {without} of {len(dates)} dates have no zone: read in {zone or 'UTC'}"
        )
    newest: dict[str, HandIn] = {}
    for line in lines:
        one = _hand_in_of(line, roster, katas, zone, day_first)
        other = newest.get(same_name(one.learner))
        if other is not None:
            if _date_of(one) < _date_of(other):
                one, other = other, one
            rest.left_out.append(other.source)
            note = f"twice in the roster: {one.source} counts, not {other.source}"
            one = dataclasses.replace(one, notes=(*other.notes, *one.notes, note))
        newest[same_name(one.learner)] = one
    return list(newest.values())


def _date_of(one: HandIn) -> datetime.datetime:
    return one.submitted or datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


def _lines_of(roster: Path, rest: Rest) -> list[_Line]:
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
    fits = [one for one, head in heads.items() if {"id", "path"} <= set(head)]
    if not fits:
        best = max(heads, key=lambda one: len(heads[one]))
        raise RosterError(
            f"the roster {str(roster)!r} needs the columns 'id' and 'path'; read as {encoding} with"
            f" the separator {_SEPARATORS.get(best, best)}, its first line has {heads[best]}"
        )
    (_, *rows), head = tables[fits[0]], heads[fits[0]]
    lines = []
    for number, cells in rows:
        row = dict(zip(head, cells, strict=False))
        if not row.get("id") or not row.get("path"):
            raise RosterError(f"line {number} of the roster {str(roster)!r} lacks an id or a path")
        lines.append(_Line(number, row["id"], row["path"], row.get("submitted", "")))
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


def _hand_in_of(
    line: _Line,
    roster: Path,
    katas: Sequence[Kata],
    zone: datetime.tzinfo | None,
    day_first: bool | None,
) -> HandIn:
    where = f"line {line.number} of the roster {str(roster)!r}"
    path = _path_of(line.where, roster.parent)
    if path is None:
        raise RosterError(
            f"{where}: {line.where!r} is not on this machine;"
            " 'git clone' it first and name the folder"
        )
    submitted = None
    if line.submitted:
        try:
            submitted = read_moment(
                line.submitted, zone or datetime.timezone.utc, day_first=day_first
            )
        except MomentError as error:
            raise RosterError(f"{where}: {line.submitted!r} {error}; write {HOW}") from None
    learner = learner_id(line.learner)
    look = _look_of(path, katas)
    return HandIn(learner, line.where, look, submitted, is_listed=True)


def _path_of(where: str, beside: Path) -> Path | None:
    """Return the path that a roster means; None when it is on another machine.

    A spreadsheet on Windows writes backslashes, one on a Mac decomposes what it types: the first
    writing that exists is the one that is meant.
    """
    url = urlparse(where) if where.lower().startswith("file:") else None
    written = unquote(url.path) if url else where
    for one in (written, written.replace("\\", "/")):
        for form in ("NFC", "NFD"):
            for path in (beside / one, beside / unicodedata.normalize(form, one)):
                if _exists(path):
                    return path
    return None if _FAR_AWAY.fullmatch(where) else beside / written


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name may be too long, or hold what no name can
        return False


def _look_of(path: Path, katas: Sequence[Kata]) -> Callable[[], Handed]:
    """Take a file that a platform named under the name that it was handed in with."""
    given = read_platform_name(path.name, katas, is_folder=False) or read_plain_name(
        path.name, katas
    )
    if given is not None and given.own.endswith(".py"):
        return functools.partial(look_at_files, {given.own: path})
    return functools.partial(look_into, path)
