"""Read an SQLite file that a submission may have written: it ends, and it does not fill the memory.

Such a file decides what a query means: a table may be a view without an end, a join may meet each
row with each. So views and functions are refused, and time and size have limits.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MOST_S = 10.0
_MOST_BYTES = 128 << 20
_ROW_BYTES = 200
_FUNCTIONS = {"count", "like"}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


@contextlib.contextmanager
def left_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of nobody's for queries, with rows by name.

    Args:
        path: The file.

    Yields:
        The connection. A query raises `sqlite3.Error` where the file has a view in the place of a
        table, or where there is more than anybody would have left.
    """
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        until = time.thread_time() + _MOST_S
        left = [_MOST_BYTES]

        def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
            left[0] -= _ROW_BYTES + sum(len(one) for one in values if isinstance(one, (str, bytes)))
            if left[0] < 0:
                raise sqlite3.DataError("there is more in the database than anybody would leave")
            return sqlite3.Row(cursor, values)

        connection.set_progress_handler(lambda: int(time.thread_time() > until), 10_000)
        connection.set_authorizer(_allow)
        connection.row_factory = row
        yield connection


def _allow(action: int, _: str | None, name: str | None, __: str | None, by: str | None) -> int:
    is_ours = by is None  # else a view or a trigger asks
    is_reading = action in _ALLOWED
    is_known = action == sqlite3.SQLITE_FUNCTION and (name or "").lower() in _FUNCTIONS
    return sqlite3.SQLITE_OK if is_ours and (is_reading or is_known) else sqlite3.SQLITE_DENY
