"""Read what Airflow's database has of the runs of DAGs, and write their page: a process of its own.

Usage: python -m dojo.replay.heard.airflow PAGE DATABASE [DAG ...]

PAGE is written; DATABASE is the SQLite file of an Airflow, which nothing is asked of but this. The
last run of each DAG is drawn, of those named, or of all. Tries before the last one have rows of
their own in that database, and so they have here.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from dojo.ground.files import write_whole
from dojo.replay import page
from dojo.replay.heard.gathered import Gathered, Row
from dojo.replay.story import Story

_RUNS = """
    SELECT dag_id, run_id, state, start_date, end_date FROM dag_run
    WHERE start_date IS NOT NULL ORDER BY start_date
"""
_TRIES = """
    SELECT dag_id, run_id, task_id, map_index, try_number, state, start_date, end_date FROM {table}
    WHERE dag_id = ? AND run_id = ? AND start_date IS NOT NULL ORDER BY start_date
"""
_TABLES = ("task_instance_history", "task_instance")
_ENDS = {"success": "Success", "failed": "Failed", "up_for_retry": "AwaitingRetry"}
Stamped = tuple[float, str, "float | None"]


def stories_of(database: Path, dags: Sequence[str] = ()) -> list[Story]:
    """Return a story of the last run of each DAG, in the order in which these began.

    Args:
        database: Airflow's own, of SQLite.
        dags: The ids of those that are meant; none means all.

    Raises:
        sqlite3.Error: It is not there, or no database of Airflow's.
    """
    uri = f"{database.resolve().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=1)) as connection:
        connection.row_factory = sqlite3.Row
        last = {one["dag_id"]: one for one in connection.execute(_RUNS)}
        runs = [run for name, run in last.items() if name in dags or not dags]
        found = []
        for run in sorted(runs, key=lambda one: str(one["start_date"])):
            gathered = Gathered()
            gathered.rows.append(functools.partial(rows_of, connection, run))
            found.append(gathered.story("", run["dag_id"], "Airflow"))
    return found


def rows_of(connection: sqlite3.Connection, run: sqlite3.Row) -> Iterator[Row]:
    """Yield a row for a run of a DAG, and one for each task of it, or each part of a mapped one."""
    whole = Row(run["run_id"], "run", run["dag_id"], states=_states(run))
    tasks: dict[tuple[str, int], Row] = {}
    for table in _TABLES:
        for one in connection.execute(
            _TRIES.format(table=table), (run["dag_id"], run["run_id"])
        ).fetchall():
            key = (one["task_id"], one["map_index"])
            if key not in tasks:
                part = [f"part {one['map_index']}"] if one["map_index"] >= 0 else []
                tasks[key] = Row(key, "step", one["task_id"], run["run_id"], notes=part)
            known = {at for at, _, _ in tasks[key].states}
            tasks[key].states += [state for state in _states(one) if state[0] not in known]
    yield whole
    for row in tasks.values():
        row.states.sort(key=lambda state: state[0])
        row.states = [_as_wait(*pair) for pair in zip_longest(row.states, row.states[1:])]
        yield row


def _as_wait(state: Stamped, following: Stamped | None) -> Stamped:
    """Take what lies between the end of a try and the next one for the wait that it was."""
    at, name, _ = state
    if following is None or name == "Running":
        return state
    return at, "AwaitingRetry", following[0] - at


def _states(one: sqlite3.Row) -> list[Stamped]:
    name = str(one["state"] or "Running")
    states: list[Stamped] = [(_moment(one["start_date"]), "Running", None)]
    if one["end_date"]:
        states.append((_moment(one["end_date"]), _ENDS.get(name, name.capitalize()), None))
    return states


def _moment(text: Any) -> float:
    moment = datetime.datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()


def main(target: Path, database: Path, dags: Sequence[str]) -> int:
    """Write the page of what a database has; return 2, with a line that says why, if it has none.

    Args:
        target: The page.
        database: As in `stories_of`.
        dags: As in `stories_of`.
    """
    try:
        stories = stories_of(database, dags)
    except (sqlite3.Error, OSError, ValueError) as error:
        print(
            f"{database} cannot be read: {error}; name the database of an Airflow", file=sys.stderr
        )
        return 2
    if not stories:
        print(f"{database} has no run of {', '.join(dags) or 'any DAG'}", file=sys.stderr)
        return 2
    named = [(one.test, one) for one in stories]
    write_whole(target, page.write("Airflow: whole runs", named, compared=False))
    return 0


def run(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, and write the page; what is missing there ends it with code 2.

    Args:
        arguments: Those of the command; None means the process's own.
    """
    parser = argparse.ArgumentParser(
        "python -m dojo.replay.heard.airflow", description="Draw the last run of each DAG."
    )
    parser.add_argument("page", type=Path, help="the file to write, such as run.html")
    parser.add_argument("database", type=Path, help="the SQLite file of an Airflow")
    parser.add_argument("dags", nargs="*", metavar="dag", help="those that are meant (all)")
    asked = parser.parse_args(arguments)
    return main(asked.page, asked.database, asked.dags)


if __name__ == "__main__":
    raise SystemExit(run())
