"""Gather Dagster's event log: runs, steps and their tries, what was made and checked."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dojo.ground.safe_text import one_line
from dojo.replay.heard.gathered import PLANNED, Gathered, Row

_STEP = {
    "STEP_START": "Running",
    "STEP_UP_FOR_RETRY": "AwaitingRetry",
    "STEP_RESTARTED": "Retrying",
    "STEP_SUCCESS": "Success",
    "STEP_FAILURE": "Failure",
    "STEP_SKIPPED": "Skipped",
}
_RUN = {
    "RUN_START": "Running",
    "RUN_SUCCESS": "Success",
    "RUN_FAILURE": "Failure",
    "RUN_CANCELED": "Canceled",
}
# What a job is called that nobody has named.
_UNNAMED = "__ephemeral_asset_job__"

_MODULE = re.compile(r"^(?:\w+\.)+(?=[A-Z])")


@contextlib.contextmanager
def heard(gathered: Gathered, folder: Path | None = None) -> Iterator[None]:
    """Hear each event as it is stored, for the length of a block; nothing without Dagster."""
    del folder
    if "dagster" not in sys.modules:
        yield
        return
    from dojo.engines.dagster.seams import STORE_EVENT

    entries: list[Any] = []
    real = STORE_EVENT.read()

    def store(storage: Any, entry: Any) -> None:
        real(storage, entry)
        entries.append(entry)

    gathered.rows.append(lambda: rows_of(entries))
    with STORE_EVENT.replaced(store):
        yield


def rows_of(entries: Iterable[Any]) -> Iterator[Row]:
    """Return a row for each run and each step that an event log tells of.

    Args:
        entries: Dagster's `EventLogEntry`s, in the order in which they were stored.
    """
    rows: dict[Any, Row] = {}
    for entry in entries:
        event = entry.dagster_event
        if event is None:
            continue
        run = rows.get(entry.run_id)
        if run is None:
            name = "materialize" if event.job_name == _UNNAMED else event.job_name
            run = rows[entry.run_id] = Row(entry.run_id, "run", name)
        kind = event.event_type.name
        if kind in _RUN:
            run.states.append((entry.timestamp, _RUN[kind], None))
            for row in rows.values():
                if row.parent == entry.run_id and row.is_only_planned:
                    # Still only planned when its run was at its end.
                    row.states[:] = [(entry.timestamp, PLANNED, None)]
        for key in _assets_planned(event):
            planned = Row((entry.run_id, key), "step", key, entry.run_id)
            states = rows.setdefault(planned.key, planned).states
            if not states:
                states.append((entry.timestamp, PLANNED, None))
        if event.step_key:
            _note_step(rows, entry, event, kind)
    yield from rows.values()


def _assets_planned(event: Any) -> list[str]:
    planned = event.event_type.name == "ASSET_MATERIALIZATION_PLANNED"
    return [event.asset_key.to_user_string()] if planned and event.asset_key else []


def _note_step(rows: dict[Any, Row], entry: Any, event: Any, kind: str) -> None:
    key = (entry.run_id, event.step_key)
    row = rows.setdefault(key, Row(key, "step", event.step_key, entry.run_id))
    data = event.event_specific_data
    if kind in _STEP:
        if row.states[-1:] and row.states[-1][1] == PLANNED:
            row.states.clear()  # it was said before anything began
        wait_s = getattr(data, "seconds_to_wait", None) if kind == "STEP_UP_FOR_RETRY" else None
        row.states.append((entry.timestamp, _STEP[kind], wait_s))
    if kind == "STEP_FAILURE":
        row.notes.append(_innermost(data.error))
    elif kind == "LOADED_INPUT" and data.upstream_step_key:
        row.gets.append((entry.run_id, data.upstream_step_key))
    elif kind == "ASSET_MATERIALIZATION":
        part = f", partition {event.partition}" if event.partition else ""
        row.notes.append(f"made {event.asset_key.to_user_string()}{part}")
    elif kind == "ASSET_CHECK_EVALUATION":
        found = "passed" if data.passed else f"failed ({data.severity.value})"
        row.notes.append(f"check {data.check_name} of {data.asset_key.to_user_string()}: {found}")


def _innermost(error: Any) -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    # Dagster says whose class an error is: `dagster._core.errors.DagsterTypeCheckDidNotPass: ...`
    return _MODULE.sub("", one_line(error.message, 200)) if error is not None else "it failed"
