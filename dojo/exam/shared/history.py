"""Read the history that an instance of Dagster's has left, when the process is dead."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk


@dataclasses.dataclass
class SeenRun:
    """One run, as Dagster's history has it.

    Attributes:
        id: Its id.
        job: The name of its job.
        partition: Its partition; None without.
        tags: Its tags.
        status: As Dagster writes it, `SUCCESS` or `FAILURE`.
        made: What was materialised, in order: name and metadata.
        planned: The checks that were to be made.
        checks: The evaluations that were noted, by check: `passed`, `severity` and `metadata`.
        steps: In order, what befell which step: `STEP_START`, `STEP_SUCCESS` and so on.
    """

    id: str
    job: str
    partition: str | None
    tags: dict[str, str]
    status: str
    made: list[tuple[str, dict[str, Any]]] = dataclasses.field(default_factory=list)
    planned: list[str] = dataclasses.field(default_factory=list)
    checks: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    steps: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def read_history(desk: Desk) -> list[SeenRun]:
    """Kill the process, then read what `recorded_instance` has left: the runs in their order."""
    folder = Path("work") / desk.folder.name
    found = {}
    with desk.database(str(folder / "runs.db")) as database:
        for row in database.execute(
            "SELECT run_id, pipeline_name, partition, status, run_body FROM runs ORDER BY id"
        ):
            tags = json.loads(row["run_body"])["tags"]
            found[row["run_id"]] = SeenRun(
                row["run_id"], row["pipeline_name"], row["partition"], tags, row["status"]
            )
    with desk.database(str(folder / "events.db")) as database:
        for row in database.execute(
            "SELECT run_id, step_key, dagster_event_type AS kind, event FROM event_logs"
            " WHERE dagster_event_type LIKE 'STEP_%' OR dagster_event_type IN"
            " ('ASSET_MATERIALIZATION', 'ASSET_CHECK_EVALUATION_PLANNED', 'ASSET_CHECK_EVALUATION')"
            " ORDER BY id"
        ):
            if row["run_id"] in found:
                _add(found[row["run_id"]], row["kind"], row["step_key"], json.loads(row["event"]))
    return list(found.values())


def _add(run: SeenRun, kind: str, step: str, event: dict[str, Any]) -> None:
    told = event["dagster_event"]["event_specific_data"]
    if kind == "ASSET_MATERIALIZATION":
        told = told["materialization"]
        metadata = {one["label"]: one["entry_data"] for one in told["metadata_entries"]}
        run.made.append(("/".join(told["asset_key"]["path"]), _plain(metadata)))
    elif kind == "ASSET_CHECK_EVALUATION_PLANNED":
        run.planned.append(told["check_name"])
    elif kind == "ASSET_CHECK_EVALUATION":
        run.checks[told["check_name"]] = {
            "passed": told["success"],
            "severity": told["severity"]["__enum__"].rpartition(".")[2],
            "metadata": _plain(told["metadata"]),
        }
    else:
        run.steps.append((step, kind))


def _plain(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what metadata say: a number is a number, whatever else the text that it is."""
    return {
        name: next((one[kind] for kind in ("value", "text", "path") if kind in one), None)
        for name, one in metadata.items()
    }
