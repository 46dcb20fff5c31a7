"""Read what Prefect's engine recorded of a scenario: from its database, and what the process told.

Flow runs are read from the sandbox's own database after the process is dead; the submission could
not write to it. Task runs are told by the process itself, where the engine emits their states.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any

from dojo.exam.databases import LeftDatabase


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


def read_flow_runs(database: LeftDatabase, since: datetime.datetime) -> list[FlowRun]:
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
        parameters: What its runs are called with, those of its schedules included.
        tags: Its tags, sorted.
        limit: How many of its runs may be active; None: any number.
        one_too_many: What becomes of one more.
        schedules: Those that start runs, none if it is paused: what `starts_of` asks for.
    """

    name: str
    flow: str
    parameters: dict[str, Any]
    tags: list[str]
    limit: int | None
    one_too_many: str
    schedules: list[dict[str, Any]]


_KINDS = {"cron": "CronSchedule", "interval": "IntervalSchedule", "rrule": "RRuleSchedule"}


def read_deployments(database: LeftDatabase, since: datetime.datetime) -> list[Registered]:
    """Read the deployments that were registered since a moment, again or for the first time."""
    rows = database.execute(
        """
        SELECT deployment.id, deployment.name, flow.name AS flow, parameters, deployment.tags,
               paused, concurrency_options, most."limit" AS most
        FROM deployment JOIN flow ON flow.id = deployment.flow_id
        LEFT JOIN concurrency_limit_v2 AS most ON most.id = deployment.concurrency_limit_id
        WHERE deployment.updated >= ? ORDER BY deployment.name
        """,
        (since.strftime("%Y-%m-%d %H:%M:%S.%f"),),
    ).fetchall()
    found = []
    for row in rows:
        asked = (row["id"], row["paused"])
        schedules = database.execute(
            "SELECT schedule, parameters FROM deployment_schedule"
            " WHERE deployment_id = ? AND active AND NOT ? ORDER BY created",
            asked,
        ).fetchall()
        parameters = json.loads(row["parameters"] or "{}")
        for one in schedules:
            parameters.update(json.loads(one["parameters"] or "{}"))
        options = json.loads(row["concurrency_options"] or "null") or {}
        found.append(
            Registered(
                name=row["name"],
                flow=row["flow"],
                parameters=parameters,
                tags=sorted(json.loads(row["tags"] or "[]")),
                limit=row["most"],
                one_too_many=options.get("collision_strategy") or "ENQUEUE",
                schedules=[_told(json.loads(one["schedule"])) for one in schedules],
            )
        )
    return found


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {"kind": next(_KINDS[name] for name in _KINDS if name in fields), "fields": fields}


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
