"""Read what Prefect's engine recorded of a scenario: from its database, and what the process told.

Flow runs are read from the sandbox's own database after the process is dead; the submission could
not write to it. Task runs are told by the process itself, where the engine emits their states.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import sqlite3
from typing import Any


@dataclasses.dataclass(frozen=True)
class FlowRun:
    """A flow run, as the engine's database has it.

    Attributes:
        id: Its id.
        name: Its name.
        flow: Its flow's name.
        states: The names of its states, in order.
        message: What its last state says.
        parameters: What it was called with.
        tags: Its tags.
        parent: The id of the flow run that it is a child of; None without.
    """

    id: str
    name: str
    flow: str
    states: list[str]
    message: str
    parameters: dict[str, Any]
    tags: list[str]
    parent: str | None


def read_flow_runs(database: sqlite3.Connection, since: datetime.datetime) -> list[FlowRun]:
    """Read the flow runs that were made since a moment, in the order in which they were made."""
    rows = database.execute(
        """
        SELECT run.id, run.name, flow.name AS flow, run.parameters, run.tags,
               task.flow_run_id AS parent, run.created
        FROM flow_run AS run JOIN flow ON flow.id = run.flow_id
        LEFT JOIN task_run AS task ON task.id = run.parent_task_run_id
        WHERE run.created >= ? ORDER BY run.created
        """,
        (since.strftime("%Y-%m-%d %H:%M:%S.%f"),),
    ).fetchall()
    found = []
    for row in rows:
        states = database.execute(
            "SELECT name, message FROM flow_run_state WHERE flow_run_id = ? ORDER BY timestamp",
            (row["id"],),
        ).fetchall()
        found.append(
            FlowRun(
                id=row["id"],
                name=row["name"],
                flow=row["flow"],
                states=[state["name"] for state in states],
                message=(states[-1]["message"] or "") if states else "",
                parameters=json.loads(row["parameters"] or "{}"),
                tags=json.loads(row["tags"] or "[]"),
                parent=row["parent"],
            )
        )
    return found


@dataclasses.dataclass(frozen=True)
class Registered:
    """A deployment, as the engine's database has it.

    Attributes:
        name: Its name.
        flow: Its flow's name.
        parameters: What each of its runs is called with.
        is_scheduled: Whether it starts runs: it has an active schedule, and is not paused.
    """

    name: str
    flow: str
    parameters: dict[str, Any]
    is_scheduled: bool


def read_deployments(database: sqlite3.Connection, since: datetime.datetime) -> list[Registered]:
    """Read the deployments that were registered since a moment, again or for the first time."""
    rows = database.execute(
        """
        SELECT deployment.name, flow.name AS flow, parameters, paused,
               (SELECT count(*) FROM deployment_schedule
                WHERE deployment_id = deployment.id AND active) AS schedules
        FROM deployment JOIN flow ON flow.id = deployment.flow_id
        WHERE deployment.updated >= ? ORDER BY deployment.name
        """,
        (since.strftime("%Y-%m-%d %H:%M:%S.%f"),),
    )
    return [
        Registered(
            name=row["name"],
            flow=row["flow"],
            parameters=json.loads(row["parameters"] or "{}"),
            is_scheduled=bool(row["schedules"]) and not row["paused"],
        )
        for row in rows
    ]


@dataclasses.dataclass(frozen=True)
class EngineAccount:
    """What Prefect's engine told of one scenario's task runs.

    Attributes:
        task_runs: In the order in which they began: `function`, `states`, `delays_s`, `tags`.
        logs: What was logged in runs: level and message.
    """

    task_runs: list[dict[str, Any]]
    logs: list[Any]

    def of(self, function: str) -> list[dict[str, Any]]:
        """Return the runs of one task."""
        return [run for run in self.task_runs if run.get("function") == function]
