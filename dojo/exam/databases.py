"""Read an SQLite file that a submission may have written: it ends, and it does not fill the memory.

Such a file decides what a query means: a table may be a view without an end, a column may be
computed at any length, a join may meet each row with each, a cell may be longer than the file. So
views, computed columns and functions are refused, and a limited process (`ground/limited`) reads.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dojo.ground.limited.client import Reader

_MOST_S = 8.0
_MOST_BYTES = 32 << 20
_MOST_CELL_BYTES = 16 << 20
_ROW_BYTES = 200
_FUNCTIONS = {"count", "like"}
# The authorizer is not asked for the functions in them.
_COMPUTED = """
    SELECT one.name, part.name FROM sqlite_master AS one, pragma_table_xinfo(one.name) AS part
    WHERE one.type = 'table' AND part.hidden > 0
"""
_TOO_MUCH = "there is more in the database than anybody would leave"


class Row(tuple[Any, ...]):
    """A row, of which a cell is also found by its column's name."""

    columns: dict[str, int]

    def __getitem__(self, place: Any) -> Any:
        """Return the cell at a place, or under a name."""
        return super().__getitem__(self.columns[place] if isinstance(place, str) else place)


class Rows(list[Row]):
    """What a query found: all of it, as a cursor would give it."""

    def fetchall(self) -> list[Row]:
        """Return all rows."""
        return self

    def fetchone(self) -> Row | None:
        """Return the first row; None without."""
        return self[0] if self else None


class LeftDatabase:
    """A file of nobody's, open for queries."""

    def __init__(self, reader: Reader) -> None:
        """Have a limited process that has opened it."""
        self._reader = reader

    def execute(self, query: str, parameters: Sequence[Any] = ()) -> Rows:
        """Find rows.

        Raises:
            sqlite3.Error: The query would read a view or a computed column, or there is more than
                anybody would have left, or it is no database.
        """
        columns, found = _asked(self._reader, find, query, list(parameters))
        kind = type("Row", (Row,), {"columns": {name: n for n, name in enumerate(columns)}})
        return Rows(kind(one) for one in found)


@contextlib.contextmanager
def left_database(path: Path) -> Iterator[LeftDatabase]:
    """Open a file of nobody's for queries, with rows by name.

    Raises:
        sqlite3.Error: It is no database.
    """
    from dojo.ground.limited.client import reader

    with reader() as one:
        _asked(one, open_left, str(path), _MOST_S, _MOST_BYTES)
        try:
            yield LeftDatabase(one)
        finally:
            if not one.is_spent:
                _asked(one, close_left)


def _asked(reader: Reader, function: Any, *args: Any) -> Any:
    from dojo.ground.limited.client import Refused

    if reader.is_spent:
        raise sqlite3.DataError(_TOO_MUCH)
    try:
        return reader.ask(function, *args)
    except Refused as refused:
        if refused.is_too_much:
            raise sqlite3.DataError(_TOO_MUCH) from None
        kind = getattr(sqlite3, refused.kind, None)
        if isinstance(kind, type) and issubclass(kind, sqlite3.Error):
            raise kind(refused.text) from None
        raise sqlite3.DatabaseError(refused.text) from None


# --- In the limited process: one file at a time -------------------------------------------------

_open: list[sqlite3.Connection] = []


def open_left(path: str, most_s: float, most_bytes: int) -> None:
    """Open a file for queries which together may take so long, and find so much."""
    close_left()
    connection = sqlite3.connect(path)
    _open.append(connection)
    until = time.thread_time() + most_s
    left = [most_bytes]

    def row(_: sqlite3.Cursor, values: tuple[Any, ...]) -> tuple[Any, ...]:
        left[0] -= _ROW_BYTES + sum(len(one) for one in values if isinstance(one, (str, bytes)))
        if left[0] < 0:
            raise sqlite3.DataError(_TOO_MUCH)
        return values

    def allow(action: int, one: str | None, other: str | None, _: Any, by: str | None) -> int:
        is_known = action == sqlite3.SQLITE_SELECT
        is_known |= action == sqlite3.SQLITE_READ and (one, other) not in computed
        is_known |= action == sqlite3.SQLITE_FUNCTION and (other or "").lower() in _FUNCTIONS
        # Else a view or a trigger asks.
        return sqlite3.SQLITE_OK if is_known and by is None else sqlite3.SQLITE_DENY

    if sys.version_info >= (3, 11):  # before, the memory is the limit
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_CELL_BYTES)
    connection.row_factory = row
    connection.set_progress_handler(lambda: int(time.thread_time() > until), 10_000)
    computed = {tuple(found) for found in connection.execute(_COMPUTED)}
    connection.set_authorizer(allow)


def find(query: str, parameters: list[Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns that a query asks for, and the rows that it finds."""
    cursor = _open[0].execute(query, parameters)
    return [column[0] for column in cursor.description or ()], cursor.fetchall()


def close_left() -> None:
    """Close the file, if there is one."""
    while _open:
        _open.pop().close()
