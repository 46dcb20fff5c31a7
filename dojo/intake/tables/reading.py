"""Read a table as a spreadsheet or a platform has written it: whatever its encoding and commas."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import re
from pathlib import Path

from dojo.intake.learners import RosterError

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS = {
    # The longer one first: it begins with the shorter one.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclasses.dataclass(frozen=True)
class Table:
    """A file, read with one separator.

    Attributes:
        encoding: What its text was read as.
        separator: Between cells.
        line_end: Behind each line.
        rows: Those that are not empty, each with the number of its line; the first is the head.
            Cells are as they were written, spaces around them included.
    """

    encoding: str
    separator: str
    line_end: str
    rows: list[tuple[int, list[str]]]

    @property
    def head(self) -> list[str]:
        """Return the names of the columns, as they were written."""
        return [cell.strip() for cell in self.rows[0][1]]


def read_tables(path: Path, called: str) -> list[Table]:
    """Read a file in each way that its cells may be separated.

    Args:
        path: The file.
        called: What the instructor calls it: `the roster 'people.csv'`.

    Returns:
        A table a separator; the one that the file itself declares, if it does.

    Raises:
        RosterError: It cannot be read, is no text, or is empty.
    """
    text, encoding = _text_of(path, called)
    # Excel's own way to say it, on a line before the first.
    declared = re.match(r"\s*sep=(.)\s*\n", text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    tables = [
        Table(encoding, one, line_end, _rows_of(text, one, called)[bool(declared) :])
        for one in (declared[1] if declared else SEPARATORS)
    ]
    found = [one for one in tables if one.rows]
    if not found:
        raise RosterError(f"{called} is empty: its first line is 'id,path'")
    return found


def _rows_of(text: str, separator: str, called: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, with the numbers of their lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise RosterError(f"line {reader.line_num} of {called} cannot be read: {error}") from None
    return rows


def _text_of(path: Path, called: str) -> tuple[str, str]:
    """Return the text and its encoding: the one that it begins with, UTF-8, or Excel's."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{called} cannot be read: {error.strerror}") from None
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
        f"{called} is no text in {' or '.join(encodings)} ({said}): save it as 'CSV UTF-8'"
    )
