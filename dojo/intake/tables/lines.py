"""Read a roster into lines: what each says, by the names of its columns."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path

from dojo.intake.entries import Rest
from dojo.intake.learners import RosterError
from dojo.intake.moments import MomentError, read_length, read_moment
from dojo.intake.tables.reading import SEPARATORS, Table, read_tables
from dojo.intake.tables.sheets import Sheet, recognise

# What is ours of a line, in a platform's own list too: nothing that goes back there.
TERMS = ("path", "submitted", "deadline", "extension")
_COLUMNS = ("id", *TERMS)


@dataclasses.dataclass(frozen=True)
class Line:
    """A line.

    Attributes:
        place: Where it is, for messages.
        cells: What it says, by the name of the column in small letters.
        columns: What it says besides, by the name as it was written, in order.
        number: Of a platform's list: the platform's number of the person.
        names: Of a platform's list: names, logins, addresses of the person.
        platform: Whose list it is; empty for a roster of one's own.
    """

    place: str
    cells: dict[str, str]
    columns: tuple[tuple[str, str], ...]
    number: str = ""
    names: tuple[str, ...] = ()
    platform: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def lines_of(roster: Path, rest: Rest, *, may_lack_paths: bool) -> list[Line]:
    """Read a roster.

    Args:
        roster: The file.
        rest: Is told how it was read, where that is no matter of course.
        may_lack_paths: Whether a line may say nothing of where the hand-in is.

    Raises:
        RosterError: It cannot be read, or says nothing of anybody.
    """
    called = f"the roster {str(roster)!r}"
    tables = read_tables(roster, called)
    heads = [[cell.casefold() for cell in one.head] for one in tables]
    sheets = [recognise(one.head) for one in tables]
    needed = {"id"} if may_lack_paths else {"id", "path"}
    fits = [
        number
        for number, head in enumerate(heads)
        if needed <= set(head) or (sheets[number] and needed <= {"id", *head})
    ]
    best = max(fits or range(len(tables)), key=lambda number: len(heads[number]))
    table, head, sheet = tables[best], heads[best], sheets[best]
    if table.encoding == "cp1252":
        rest.told.append(f"{roster}: is not UTF-8, read as cp1252: look at the names")
    if not fits and sheet is not None:
        raise RosterError(
            f"{called} is a list of {sheet.platform}, which says nothing of where the hand-ins are:"
            " name their folder too, 'dojo grade download/ --roster ...'"
        )
    if not fits:
        columns = "the column 'id'" if may_lack_paths else "the columns 'id' and 'path'"
        raise RosterError(
            f"{called} needs {columns}; read as {table.encoding} with"
            f" the separator {SEPARATORS.get(table.separator, table.separator)},"
            f" its first line has {head}"
        )
    rest.told += [
        f"{roster}: the column {name!r} is not read: call it 'extension' if that is it"
        for name in _lengths_unread(table)
    ]
    lines = []
    for number, cells in table.rows[1:]:
        place = f"line {number} of {called}"
        if sheet is not None:
            if sheet.is_of_a_person(cells):
                lines.append(_line_of_sheet(place, cells, table.head, sheet, rest))
            continue
        row = _row_of(head, cells)
        if not row.get("id") or not (row.get("path") or may_lack_paths):
            raise RosterError(f"{place} lacks an id or a path")
        lines.append(Line(place, row, _own_columns(table.head, cells, _COLUMNS)))
    if not lines:
        raise RosterError(f"{called} names nobody: it has a first line only")
    return lines


def _lengths_unread(table: Table) -> list[str]:
    """Return the columns that hold lengths of time only, and are not called as those are."""
    found = []
    for place, name in enumerate(table.head):
        cells = [row[place] for _, row in table.rows[1:] if place < len(row) and row[place].strip()]
        if name and name.casefold() not in TERMS and cells and all(map(_is_length, cells)):
            found.append(name)
    return found


def _is_length(cell: str) -> bool:
    try:
        read_length(cell)
    except MomentError:
        return False
    return True


def _row_of(head: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return dict(zip(head, (cell.strip() for cell in cells), strict=False))


def _own_columns(
    written: Sequence[str], cells: Sequence[str], ours: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    pairs = zip(written, cells, strict=False)
    return tuple(
        (name, cell.strip()) for name, cell in pairs if name and name.casefold() not in ours
    )


def _line_of_sheet(
    place: str, cells: list[str], written: list[str], sheet: Sheet, rest: Rest
) -> Line:
    """Read a line of a platform's own list: what tells who it is goes on into the results."""
    row = _row_of([cell.casefold() for cell in written], cells)
    number, names = sheet.number_of(cells), sheet.names_of(cells)
    row = {name: row.get(name, "") for name in TERMS} | {"id": names[0] if names else number}
    if sheet.submitted >= 0 and not row["submitted"]:
        row["submitted"] = _date_in(cells[sheet.submitted] if sheet.submitted < len(cells) else "")
    # What the instructor wrote beside it says more than the platform.
    if (until := sheet.more_time_of(cells)) and not (row["deadline"] or row["extension"]):
        deadline = row["deadline"] = _date_in(until)
        told = "as the list says" if deadline else "not read: write it into a column 'deadline'"
        rest.told.append(f"{row['id']} has time until {until}, {told}")
    columns = tuple(
        (written[one], cells[one].strip())
        for one in sheet.kept
        if one < len(cells) and written[one] and written[one].casefold() not in TERMS
    )
    return Line(place, row, columns, number, names, sheet.platform)


def _date_in(cell: str) -> str:
    """Return what a platform says of when it was; nothing where it says nothing that is known."""
    try:
        read_moment(cell, datetime.timezone.utc)
    except MomentError:
        return ""
    return cell
