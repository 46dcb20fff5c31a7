"""Fill marks into the list that a platform takes back: Canvas's gradebook, Moodle's worksheet.

Each row and cell stays as the platform wrote it, but for one column; so does a cell of somebody
who has no mark.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path

from dojo.export.checks import FormatError
from dojo.grading.results import Result, Results
from dojo.intake.learners import RosterError
from dojo.intake.tables.lines import TERMS
from dojo.intake.tables.matching import People
from dojo.intake.tables.reading import Table, read_tables
from dojo.intake.tables.sheets import Platform, Sheet, recognise

_GRADE = ("grade", "note")
_MOST = ("maximum grade", "note maximale")
_MAIL = re.compile(r"e?-?mail|courriel|login|user ?name|utilisateur", re.IGNORECASE)
_MOST_NAMED = 20
_NOT_MARKED = ("EX", "N/A")  # Canvas: excused, and to whom the assignment was not given
_HOW_TO_GET = {
    "canvas": "'Grades', 'Export', as CSV",
    "moodle": "'Download grading worksheet' of the assignment",
}


@dataclasses.dataclass(frozen=True)
class Filled:
    """A platform's list with marks.

    Attributes:
        text: The file.
        told: What the instructor should know of how it was filled.
        missing: A line on each learner whose mark is not in it.
    """

    text: str
    told: list[str]
    missing: list[str]


@dataclasses.dataclass(frozen=True)
class Worth:
    """What points are worth on a platform.

    Attributes:
        points: What all katas of the results may earn.
        there: What the platform's assignment may earn.
    """

    points: float
    there: float

    def of(self, earned: float) -> float:
        """Return a mark of the platform, to two decimals."""
        return round(earned * self.there / self.points, 2)


def fill_sheet(
    results: Results,
    platform: Platform,
    path: Path,
    column: str | None,
    *,
    absent_zero: bool = False,
) -> Filled:
    """Fill in a platform's list.

    Args:
        results: The record. Of several katas the sum goes into the one column.
        platform: Whose list it is.
        path: The list, as it was downloaded.
        column: The column that gets the marks; None: the only one that there is.
        absent_zero: Also write 0 where nobody handed in and the cell is empty.

    Raises:
        FormatError: The list is none, or has not one such column.
    """
    table, sheet = _read(path, platform)
    place = _column_of(table, sheet, column)
    rows = [list(cells) for _, cells in table.rows]
    people = {
        number: row for number, row in enumerate(rows[1:], start=1) if sheet.is_of_a_person(row)
    }
    numbers, persons = list(people), list(people.values())
    known = People([(sheet.number_of(row), sheet.names_of(row)) for row in persons])
    total = points_of(results)
    missing: list[str] = []
    decimal = _decimal_mark_of(rows, table.head)
    scales: set[float] = set()
    filled: dict[int, str] = {}
    for learner, theirs in _by_learner(results).items():
        found = _find(known, persons, table.head, sheet, theirs[0])
        if found is None:
            missing.append(f"{learner!r} is not in {str(path)!r}, or not alone")
            continue
        if numbers[found] in filled:
            other = filled[numbers[found]]
            raise FormatError(f"{learner!r} and {other!r} are on one line of {str(path)!r}")
        filled[numbers[found]] = learner
        row = rows[numbers[found]]
        row += [""] * (place + 1 - len(row))
        if any(one.earned is None for one in theirs):
            missing.append(f"{learner!r} has no mark yet: that line is left as it is")
        elif row[place].strip().upper() in _NOT_MARKED:
            missing.append(f"{learner!r} has {row[place].strip()!r} there, which is left")
        else:
            most = _most_of(row, rows, table.head, place) or total
            scales.add(most)
            mark = Worth(total, most).of(sum(one.earned or 0 for one in theirs))
            row[place] = f"{mark:g}".replace(".", decimal)
    told = [f"{total:g} points are written as {one:g}" for one in sorted(scales - {total})]
    without = [row for number, row in people.items() if number not in filled]
    absent = [row for row in without if absent_zero and not "".join(row[place : place + 1]).strip()]
    for row in absent:
        row += [""] * (place + 1 - len(row))
        row[place] = "0"
    told += _on_lines("0 for who handed in nothing", absent, sheet)
    if absent and results.ungraded:
        told.append(f"look whether one of them has what was not graded: {len(results.ungraded)}")
    left = [row for row in without if all(row is not one for one in absent)]
    told += _on_lines("lines without a mark, left as they are", left, sheet)
    return Filled(_written(rows, table, sheet.platform), told, missing)


def _on_lines(said: str, rows: list[list[str]], sheet: Sheet) -> list[str]:
    """Say something of people's lines, with their number and the first names; of none nothing."""
    names = [names[0] for row in rows[:_MOST_NAMED] if (names := sheet.names_of(row))]
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    return [f"{said}: {len(rows)}: {', '.join(names)}{more}"] if rows else []


def _read(path: Path, platform: Platform) -> tuple[Table, Sheet]:
    try:
        tables = read_tables(path, f"the sheet {str(path)!r}")
    except RosterError as error:
        raise FormatError(str(error)) from None
    for table in tables:
        sheet = recognise(table.head)
        if sheet is not None and sheet.platform == platform:
            return table, sheet
    raise FormatError(
        f"{str(path)!r} is no list of {platform.capitalize()}: take {_HOW_TO_GET[platform]}"
    )


def _column_of(table: Table, sheet: Sheet, asked: str | None) -> int:
    """Return the place of the column that gets the marks."""
    head = table.head
    if sheet.platform == "canvas":
        first = max(sheet.kept) + 1
        may = [n for n in range(first, len(head)) if re.search(r"\(\d+\)$", head[n])]
    else:
        may = [n for n, name in enumerate(head) if name.casefold() in _GRADE]
    if asked is not None:
        named = [n for n in range(len(head)) if n in may or sheet.platform == "moodle"]
        may = [n for n in named if asked.casefold() in _ways_to_say(head[n])]
    if len(may) != 1:
        there = ", ".join(repr(name) for name in head if re.search(r"\(\d+\)$", name)) or "none"
        if sheet.platform == "moodle":
            there = ", ".join(map(repr, head))
        which = "no column" if asked is None else f"no column {asked!r}"
        which = which if not may else f"{len(may)} columns"
        raise FormatError(f"there is {which} for marks: name one with --column: {there}")
    return may[0]


def _ways_to_say(title: str) -> set[str]:
    """Return how `Retries (9712)` may be named: whole, without its number, by that alone."""
    found = re.fullmatch(r"(.*?)\s*\((\d+)\)", title)
    return {title.casefold(), *((found[1].casefold(), found[2]) if found else ())}


def _find(
    known: People,
    rows: Sequence[Sequence[str]],
    head: Sequence[str],
    sheet: Sheet,
    one: Result,
) -> int | None:
    """Find a learner's row by what the roster knew of them, else by name.

    A number counts where the whole cell is the same: that of another platform is another's.
    """
    columns = {name.casefold(): said for name, said in one.columns.items() if said}
    if sheet.number >= 0 and (written := columns.get(head[sheet.number].casefold())):
        same = [place for place, row in enumerate(rows) if row[sheet.number].strip() == written]
        if len(same) == 1:
            return same[0]
    if (found := known.find_namesake(one.learner)) is not None:
        return found
    of_same_name = [columns.get(head[column].casefold(), "") for column in sheet.names]
    addresses = [said for name, said in columns.items() if _MAIL.search(name)]
    for names in (of_same_name, addresses, [one.learner]):
        if (found := known.find(filter(None, names))) is not None:
            return found
    return None


def _most_of(row: Sequence[str], rows: list[list[str]], head: Sequence[str], place: int) -> float:
    """Return what the platform's assignment may earn; 0 where its list does not say so."""
    columns = [n for n, name in enumerate(head) if name.casefold() in _MOST]
    cells = [row[n] for n in columns if n < len(row)]
    points = [one for one in rows[1:4] if one and "Points Possible" in one[0]]
    cells += [one[place] for one in points if place < len(one)]
    for cell in cells:
        if re.fullmatch(r"\s*\d+([.,]\d+)?\s*", cell):
            return float(cell.replace(",", "."))
    return 0.0


def _decimal_mark_of(rows: list[list[str]], head: Sequence[str]) -> str:
    """Return what stands before decimals: a comma, where the list writes what can be earned so."""
    columns = [n for n, name in enumerate(head) if name.casefold() in _MOST]
    said = (row[n] for n in columns for row in rows[1:] if n < len(row))
    return "," if any(re.fullmatch(r"\s*\d+,\d+\s*", cell) for cell in said) else "."


def points_of(results: Results) -> float:
    """Return what all katas of the results may earn.

    Raises:
        FormatError: There is no result.
    """
    katas: dict[str, float] = {}
    for one in results.results:
        katas[one.kata] = max(one.points, katas.get(one.kata, 0))
    if not katas:
        raise FormatError("there is no result in these results")
    return sum(katas.values())


def _by_learner(results: Results) -> dict[str, list[Result]]:
    learners: dict[str, list[Result]] = {}
    for one in results.results:
        learners.setdefault(one.learner, []).append(one)
    return learners


def _written(rows: list[list[str]], table: Table, platform: Platform) -> str:
    """Write the list, without the columns that are ours: Canvas would make assignments of them.

    It is UTF-8, whatever it was, and says so as spreadsheets do where the file said anything; but
    Canvas takes a byte order mark for a part of the first name.
    """
    kept = [n for n, name in enumerate(table.head) if name.casefold() not in TERMS]
    file = io.StringIO()
    if platform != "canvas" and table.encoding != "utf-8":
        file.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(file, delimiter=table.separator, lineterminator=table.line_end)
    for row in rows:
        writer.writerow([row[n] if n < len(row) else "" for n in kept])
    return file.getvalue()
