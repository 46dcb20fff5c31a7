"""A database that a submission has left is read to an end, whatever it says."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest

from dojo.exam import databases
from dojo.exam.databases import left_database

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
VIEWS = {
    "without end": ENDLESS,
    "huge": "SELECT zeroblob(900000000) AS x",
    "of another table": "SELECT x FROM other",
}


def written(path: Path, script: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def test_tables_are_read_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.db", "CREATE TABLE runs (x, name); INSERT INTO runs VALUES (1, 'a')"
    )
    with left_database(path) as database:
        query = (
            "SELECT runs.x, one.name, (SELECT count(*) FROM runs) AS n FROM runs"
            " LEFT JOIN runs AS one ON one.x = runs.x"
            " WHERE runs.name LIKE 'a%' AND runs.name IN ('a', 'b') ORDER BY runs.x"
        )
        rows = database.execute(query).fetchall()

    assert [(row["x"], row["name"], row["n"]) for row in rows] == [(1, "a", 1)]


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_view_in_the_place_of_a_table_is_refused(view: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.db", f"CREATE TABLE other (x); CREATE VIEW runs AS {view}")
    started = time.monotonic()
    with left_database(path) as database, pytest.raises(sqlite3.DatabaseError):
        database.execute("SELECT x FROM runs").fetchall()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT zeroblob(10)",
        ENDLESS,
        "ATTACH DATABASE 'x.db' AS x",
        "INSERT INTO runs VALUES (1)",
        "PRAGMA writable_schema = ON",
        "SELECT load_extension('x')",
    ],
)
def test_nothing_but_reading_is_done(query: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.db", "CREATE TABLE runs (x)")
    with left_database(path) as database, pytest.raises(sqlite3.DatabaseError):
        database.execute(query).fetchall()


def test_join_of_each_with_each_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.db", "CREATE TABLE runs (x, name)")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO runs VALUES (?, 'a')", [(1,)] * 20_000)
    join = "SELECT a.name FROM runs AS a JOIN runs AS b ON a.x = b.x"
    with left_database(path) as database, pytest.raises(sqlite3.DataError, match="more in the"):
        database.execute(join).fetchall()

    monkeypatch.setattr(databases, "_MOST_S", 0.2)
    with left_database(path) as database, pytest.raises(sqlite3.OperationalError, match="interr"):
        database.execute(f"{join} AND a.name != b.name").fetchall()


def test_long_value_met_many_times_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "a.db", "CREATE TABLE runs (x, name); CREATE TABLE long (x, name)")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO runs VALUES (?, 'a')", [(1,)] * 10_000)
        connection.execute("INSERT INTO long VALUES (1, ?)", ("x" * (10 << 20),))
    with left_database(path) as database, pytest.raises(sqlite3.DataError, match="more in the"):
        database.execute("SELECT long.name FROM runs JOIN long ON long.x = runs.x").fetchall()


@pytest.mark.parametrize(
    "column", ["zeroblob(900000000)", "printf('%900000000d', 1)", "x || x || x"]
)
def test_column_that_is_computed_is_refused(column: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.db", f"CREATE TABLE RUNS (x, NAME AS ({column}))")
    started = time.monotonic()
    with left_database(path) as database:
        assert database.execute("SELECT x FROM runs").fetchall() == []  # MLflow's own has some
        for query in ("SELECT name FROM runs", "SELECT one.x FROM runs AS one ORDER BY one.name"):
            with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
                database.execute(query).fetchall()
    assert time.monotonic() - started < 2


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(sqlite3.Error), left_database(tmp_path / "a.db") as database:
        database.execute("SELECT x FROM runs").fetchall()
