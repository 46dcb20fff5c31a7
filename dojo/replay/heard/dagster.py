"""Gather Dagster's event log: runs, steps and their tries, what was made and checked."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
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
_MOST_EVENTS = 2_000
# What a job is called that nobody has named.
_UNNAMED = "__ephemeral_asset_job__"

_MODULE = re.compile(r"^(?:\w+\.)+(?=[A-Z])")


@dataclasses.dataclass(frozen=True)
class Told:
    """One event of Dagster's log, of whatever kind: what a row is made of.

    Attributes:
        run: The id of its run.
        job: The name of that run's job.
        at: Its stamp, in seconds of the epoch.
        kind: As Dagster writes it: `STEP_START`.
        step: The key of its step; empty without.
        asset: The asset that it is about, as text; empty without.
        partition: That asset's partition; empty without.
        wait_s: How long the step waits for its retry; None where it does not.
        error: What the step failed of, the innermost cause; empty where it did not.
        gets: The key of the step whose output was read; empty without.
        check: The check that was made, and what it found: `no_gaps: failed (WARN)`.
    """

    run: str
    job: str
    at: float
    kind: str
    step: str = ""
    asset: str = ""
    partition: str = ""
    wait_s: float | None = None
    error: str = ""
    gets: str = ""
    check: str = ""


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

    gathered.rows.append(lambda: rows_of(_told(entries)))
    with STORE_EVENT.replaced(store):
        yield


def rows_of(log: Iterable[Told]) -> Iterator[Row]:
    """Return a row for each run and each step that an event log tells of.

    Args:
        log: Its events, in the order in which they were stored.
    """
    rows: dict[Any, Row] = {}
    for told in log:
        run = rows.get(told.run)
        if run is None:
            name = "materialize" if told.job == _UNNAMED else told.job
            run = rows[told.run] = Row(told.run, "run", name)
        if told.kind in _RUN:
            run.states.append((told.at, _RUN[told.kind], None))
            for row in rows.values():
                if row.parent == told.run and row.is_only_planned:
                    # Still only planned when its run was at its end.
                    row.states[:] = [(told.at, PLANNED, None)]
        if told.kind == "ASSET_MATERIALIZATION_PLANNED" and told.asset:
            planned = Row((told.run, told.asset), "step", told.asset, told.run)
            states = rows.setdefault(planned.key, planned).states
            if not states:
                states.append((told.at, PLANNED, None))
        if told.step:
            _note_step(rows, told)
    yield from rows.values()


def _note_step(rows: dict[Any, Row], told: Told) -> None:
    key = (told.run, told.step)
    row = rows.setdefault(key, Row(key, "step", told.step, told.run))
    if told.kind in _STEP:
        if row.states[-1:] and row.states[-1][1] == PLANNED:
            row.states.clear()  # it was said before anything began
        row.states.append((told.at, _STEP[told.kind], told.wait_s))
    if told.kind == "STEP_FAILURE":
        row.notes.append(told.error or "it failed")
    elif told.kind == "LOADED_INPUT" and told.gets:
        row.gets.append((told.run, told.gets))
    elif told.kind == "ASSET_MATERIALIZATION":
        part = f", partition {told.partition}" if told.partition else ""
        row.notes.append(f"made {told.asset}{part}")
    elif told.kind == "ASSET_CHECK_EVALUATION":
        name, _, found = told.check.rpartition(": ")
        row.notes.append(f"check {name} of {told.asset}: {found}")


def _told(entries: Iterable[Any]) -> Iterator[Told]:
    """Take what rows are made of from Dagster's `EventLogEntry`s, as they are stored."""
    for entry in entries:
        if (event := entry.dagster_event) is None:
            continue
        kind, data = event.event_type.name, event.event_specific_data
        check = error = gets = ""
        if kind == "ASSET_CHECK_EVALUATION":
            asset = data.asset_key
            found = "passed" if data.passed else f"failed ({data.severity.value})"
            check = f"{data.check_name}: {found}"
        else:
            asset = event.asset_key
        if kind == "STEP_FAILURE":
            error = innermost(data.error, lambda error: (error.message, error.cause))
        elif kind == "LOADED_INPUT":
            gets = data.upstream_step_key or ""
        yield Told(
            entry.run_id,
            event.job_name,
            entry.timestamp,
            kind,
            step=event.step_key or "",
            asset=asset.to_user_string() if asset else "",
            partition=event.partition or "" if kind == "ASSET_MATERIALIZATION" else "",
            wait_s=data.seconds_to_wait if kind == "STEP_UP_FOR_RETRY" else None,
            error=error,
            gets=gets,
            check=check,
        )


def left(gathered: Gathered, ask: Callable[[str], Iterable[Any]]) -> None:
    """Tell of the runs in a database that somebody has left: see `dojo.exam.remains`.

    Args:
        gathered: Gets a row for each run and step, of the first events.
        ask: Finds rows of the database, of which a cell is had by its column's name.
    """
    if list(ask("SELECT name FROM sqlite_master WHERE name = 'event_logs'")):
        found = ask(f"SELECT event FROM event_logs ORDER BY id LIMIT {_MOST_EVENTS}")
        entries = (json.loads(one["event"]) for one in found)
        rows = list(rows_of(_told_in_json(one) for one in entries if one["dagster_event"]))
        gathered.rows.append(lambda: rows)


def _told_in_json(entry: Mapping[str, Any]) -> Told:
    """Take what rows are made of from an event as Dagster writes it into its database."""
    event = entry["dagster_event"]
    # Runs were called pipelines when these names were written first.
    kind = str(event["event_type_value"]).replace("PIPELINE_", "RUN_")
    data = event["event_specific_data"] or {}
    about = data.get("materialization") or data
    check = error = ""
    if kind == "ASSET_CHECK_EVALUATION":
        severity = data["severity"]["__enum__"].rpartition(".")[2]
        check = f"{data['check_name']}: {'passed' if data['success'] else f'failed ({severity})'}"
    elif kind == "STEP_FAILURE":
        error = innermost(data["error"], lambda error: (error["message"], error["cause"]))
    waits = kind == "STEP_UP_FOR_RETRY" and data["seconds_to_wait"] is not None
    return Told(
        str(entry["run_id"]),
        str(event["pipeline_name"]),
        float(entry["timestamp"]),
        kind,
        step=str(event["step_key"] or ""),
        asset="/".join(about["asset_key"]["path"]) if about.get("asset_key") else "",
        partition=str(about.get("partition") or "") if kind == "ASSET_MATERIALIZATION" else "",
        wait_s=float(data["seconds_to_wait"]) if waits else None,
        error=error,
        gets=str(data.get("upstream_step_key") or "") if kind == "LOADED_INPUT" else "",
        check=check,
    )


def innermost(error: Any, parts: Callable[[Any], tuple[str, Any]]) -> str:
    """Return what the innermost cause of an error of Dagster's says; empty without.

    Args:
        error: As Dagster keeps it; None without.
        parts: Takes it apart: its message, and its cause or None.
    """
    message = ""
    while error is not None:
        message, error = parts(error)
    # Dagster says whose class an error is: `dagster._core.errors.DagsterTypeCheckDidNotPass: ...`
    return _MODULE.sub("", one_line(message, 200))
