"""Read an SQLite file that a submission may have written: it ends, and it does not fill the memory.

Such a file decides what a query means: a table may be a view without an end, a column may be
computed at any length, a join may meet each row with each. So views, computed columns and functions
are refused, and time and size have limits.
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
# The authorizer is not asked for the functions in them.
_COMPUTED = """
    SELECT one.name, part.name FROM sqlite_master AS one, pragma_table_xinfo(one.name) AS part
    WHERE one.type = 'table' AND part.hidden > 0
"""


@contextlib.contextmanager
def left_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of nobody's for queries, with rows by name.

    Args:
        path: The file.

    Yields:
        The connection. A query raises `sqlite3.Error` where it would read a view or a computed
        column, or where there is more than anybody would have left.

    Raises:
        sqlite3.Error: It is no database.
    """
    with contextlib.closing(sqlite3.connect(path)) as connection:
        until = time.thread_time() + _MOST_S
        left = [_MOST_BYTES]

        def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
            left[0] -= _ROW_BYTES + sum(len(one) for one in values if isinstance(one, (str, bytes)))
            if left[0] < 0:
                raise sqlite3.DataError("there is more in the database than anybody would leave")
            return sqlite3.Row(cursor, values)

        def allow(action: int, one: str | None, other: str | None, _: Any, by: str | None) -> int:
            is_known = action == sqlite3.SQLITE_SELECT
            is_known |= action == sqlite3.SQLITE_READ and (one, other) not in computed
            is_known |= action == sqlite3.SQLITE_FUNCTION and (other or "").lower() in _FUNCTIONS
            # Else a view or a trigger asks.
            return sqlite3.SQLITE_OK if is_known and by is None else sqlite3.SQLITE_DENY

        connection.row_factory = row
        connection.set_progress_handler(lambda: int(time.thread_time() > until), 10_000)
        computed = {tuple(found) for found in connection.execute(_COMPUTED)}
        connection.set_authorizer(allow)
        yield connection
