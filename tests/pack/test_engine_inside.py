"""What an author's own engine has recorded behind the walls is read from outside, and believed.

`tox -e pack`: it takes sandboxes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import dojo.testing
from dojo.sandbox.walls import missing_for
from tests.pack.outside import REFERENCE, Author

needs_walls = pytest.mark.skipif(bool(missing_for("strict")), reason=missing_for("strict"))
ENGINE = '''
import sqlite3
import subprocess
import sys

CLERK = """
import pathlib, socket, sqlite3, sys
listening, place = socket.socket(fileno=int(sys.argv[1])), pathlib.Path(sys.argv[2])
while True:
    caller, _ = listening.accept()
    with caller, sqlite3.connect(place / "told.db") as database:
        name = caller.recv(100).decode()
        with (place / "told.txt").open("a") as file:
            file.write(name + chr(10))
        database.execute("INSERT INTO told VALUES (?)", (name,))
        database.commit()
        caller.send(b"ok")
"""
STATE = {}


@contextlib.contextmanager
def inside(room, say):
    """Have a clerk write down what it is told."""
    import socket

    place = room.folder("clerk")
    with contextlib.closing(sqlite3.connect(place / "told.db")) as database, database:
        database.execute("CREATE TABLE told (name)")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        words = [sys.executable, "-c", CLERK, str(listening.fileno()), str(place)]
        clerk = subprocess.Popen(words, pass_fds=[listening.fileno()])
        STATE.update(pid=clerk.pid, place=place)
        os.environ["JSON_FOLDER_CLERK"] = address = f"127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield address
    finally:
        clerk.kill()


ENGINE = dataclasses.replace(
    ENGINE,
    inside=inside,
    database=lambda: STATE["place"] / "told.db" if STATE else None,
    pids=lambda: [STATE["pid"]] if STATE else [],
)
'''
TELLING = '''

def announce(name: str, record: str) -> bool:
    """Tell the clerk a name."""
    import os
    import socket

    host, _, port = os.environ["JSON_FOLDER_CLERK"].partition(":")
    with socket.create_connection((host, int(port))) as line:
        line.send(name.encode())
        return line.recv(10) == b"ok"
'''
FORGING = """
def announce(name: str, record: str) -> bool:
    try:
        with open(record, "a") as file:
            file.write(name)
    except OSError:
        return True
    return True
"""
SCENARIO = '''

@examines(1, rests_on=("record",))
def clerk_was_told(desk: Desk) -> None:
    """Tell a drawn name; the engine's record is read from outside."""
    name = f"N{desk.rng.randrange(10**6)}"
    place = str(desk.folder.parents[1] / "engine" / "clerk" / "told.txt")
    desk.note_outcome("said", desk.call("announce", name, place))
    desk.note("in its file", (desk.read("engine/clerk/told.txt") or b"").decode() == f"{name}\\n")
    with desk.database() as database:
        rows = [tuple(row) for row in database.execute("SELECT name FROM told")]
    desk.note("in its database", rows == [(name,)])
'''


@pytest.mark.slow
@needs_walls
def test_record_of_an_engine_inside_is_read_and_cannot_be_written(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(
        "json_folder.py", "import contextlib\n", "import contextlib\nimport dataclasses\n"
    )
    for file, more in (
        (Path("json_folder.py"), ENGINE),
        (REFERENCE, TELLING),
        (REFERENCE.with_name("exam.py"), SCENARIO),
    ):
        with (author.pack / file).open("a", encoding="utf-8") as opened:
            opened.write(more)
    forged = author.pack / "forged.py"
    forged.write_text((author.pack / REFERENCE).read_text("utf-8") + FORGING, "utf-8")
    (kata,) = dojo.testing.katas(author.pack)
    (seen,) = dojo.testing.examine(kata, forged, scenario="clerk_was_told")

    assert seen.reference.ended == ""
    assert seen.reference.noted == {"said": True, "in its file": True, "in its database": True}
    assert seen.solution
    assert seen.solution.noted == {"said": True, "in its file": False, "in its database": False}
