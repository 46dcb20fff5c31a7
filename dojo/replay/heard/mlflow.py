"""Gather what MLflow's stores of a test hold: runs and their parents, versions, aliases.

They are read as files, beside MLflow: whoever asks it may be counted, or refused, by the test.
"""

from __future__ import annotations

import collections
import contextlib
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from dojo.replay.heard.gathered import Gathered, Row

_RUNS = """
    SELECT runs.run_uuid AS id, runs.name, runs.status, runs.start_time AS begin,
           runs.end_time AS end, experiments.name AS experiment,
           (SELECT value FROM tags WHERE tags.run_uuid = runs.run_uuid
            AND tags.key = 'mlflow.parentRunId') AS parent
    FROM runs JOIN experiments ON experiments.experiment_id = runs.experiment_id
    WHERE runs.lifecycle_stage = 'active' ORDER BY runs.start_time
"""
_VERSIONS = """
    SELECT name, version FROM model_versions WHERE current_stage != 'Deleted_Internal'
    ORDER BY name, version
"""
_ALIASES = "SELECT name, version, alias FROM registered_model_aliases ORDER BY alias"
_TAGS = "SELECT name, version, key, value FROM model_version_tags ORDER BY key"
COLUMNS = ["model", "version", "aliases", "tags"]


_MOST_STORES = 12
# What MLflow calls a run to which nobody gave a name.
_GIVEN_BY_CHANCE = re.compile(r"[a-z]+-[a-z]+-\d+")

# Asks a store a query; a row gives a cell by its column's name.
Ask = Callable[[str], Iterable[Any]]


@contextlib.contextmanager
def heard(gathered: Gathered, folder: Path | None) -> Iterator[None]:
    """Tell of the stores below a folder: as they are before the first call, and at the end.

    Args:
        gathered: Gets runs and tables: of the stores that changed; of the newest, where none did.
        folder: Where all tests of the session keep their files; None: nothing is told.
    """
    if folder is None or "mlflow" not in sys.modules:
        yield
        return
    before: dict[Path, list[list[Any]]] = {}
    known: set[str] = set()

    def look() -> None:
        for store in stores_in(folder):
            before[store] = versions_in(store)
            known.update(row.key for row in runs_in(store))

    def new_runs() -> list[Row]:
        found = {row.key: row for one in stores_in(folder) for row in runs_in(one)}
        return [row for key, row in found.items() if key not in known]

    def look_again() -> None:
        versions = {store: versions_in(store) for store in stores_in(folder)}
        told = [store for store, rows in versions.items() if rows != before.get(store, [])]
        told = told or [store for store, rows in versions.items() if rows][:1]
        pairs: list[tuple[list[list[Any]], list[list[Any]]]] = []
        for store in told:
            then, now = before.get(store, []), versions[store]
            if (then, now) in pairs:  # a test may have a store for each way to name one
                continue
            pairs.append((then, now))
            name = f" {len(pairs)}" if pairs[1:] else ""
            gathered.add_table(f"MLflow{name}, before: versions and aliases", COLUMNS, then)
            others = [n for n, row in enumerate(now) if row not in then]
            gathered.add_table(f"MLflow{name}, after: versions and aliases", COLUMNS, now, *others)

    gathered.before.append(look)
    gathered.rows.append(new_runs)
    gathered.after.append(look_again)
    yield


def left(gathered: Gathered, ask: Ask) -> None:
    """Tell of a store that somebody has left, as it is at the end: see `dojo.exam.remains`."""
    if list(ask("SELECT name FROM sqlite_master WHERE name = 'model_versions'")):
        rows, versions = runs_of(ask), versions_of(ask)
        gathered.rows.append(lambda: rows)
        gathered.add_table("MLflow, after: versions and aliases", COLUMNS, versions)


def stores_in(folder: Path) -> list[Path]:
    """Return the files below a folder that are an MLflow store, the newest first."""
    files = sorted(folder.rglob("*.db"), key=lambda path: path.stat().st_mtime, reverse=True)
    is_store = "SELECT 1 FROM sqlite_master WHERE name = 'model_versions'"
    return [path for path in files[:_MOST_STORES] if _asked(path, is_store)]


def runs_in(store: Path) -> list[Row]:
    """Return the runs of a store; empty if it cannot be read."""
    return runs_of(lambda query: _asked(store, query))


def versions_in(store: Path) -> list[list[Any]]:
    """Return the versions of a store, as `COLUMNS` names them; empty if it is unreadable."""
    return versions_of(lambda query: _asked(store, query))


def runs_of(ask: Ask) -> list[Row]:
    """Return the runs of a store, whoever reads it."""
    rows = []
    for one in ask(_RUNS):
        states: list[tuple[float, str, float | None]] = [(one["begin"] / 1000, "RUNNING", None)]
        if one["end"]:
            states.append((one["end"] / 1000, one["status"], None))
        notes = [f"experiment {one['experiment']}"]
        given = one["name"] and not _GIVEN_BY_CHANCE.fullmatch(one["name"])
        name = one["name"] if given else "MLflow run"
        rows.append(Row(one["id"], "tracked run", name, one["parent"], states=states, notes=notes))
    return rows


def versions_of(ask: Ask) -> list[list[Any]]:
    """Return the versions of a store, as `COLUMNS` names them, whoever reads it."""
    aliases, tags = collections.defaultdict(list), collections.defaultdict(list)
    for one in ask(_ALIASES):
        aliases[one["name"], int(one["version"])].append(one["alias"])
    for one in ask(_TAGS):
        tags[one["name"], int(one["version"])].append(f"{one['key']}={str(one['value'])[:40]}")
    return [
        [
            one["name"],
            one["version"],
            *(", ".join(all_[one["name"], int(one["version"])]) for all_ in (aliases, tags)),
        ]
        for one in ask(_VERSIONS)
    ]


def _asked(store: Path, query: str) -> list[sqlite3.Row]:
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(
            sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True, timeout=1)
        ) as connection,
    ):
        connection.row_factory = sqlite3.Row
        return connection.execute(query).fetchall()
    return []
