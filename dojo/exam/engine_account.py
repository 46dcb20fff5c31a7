"""Read what Prefect's engine recorded of a scenario: from its database, and what the process told.

Flow runs are read from the sandbox's own database after the process is dead; the submission could
not write to it. Task runs are told by the process itself, where the engine emits their states.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dojo.exam.databases import LeftDatabase
from dojo.exam.marks import MOST_REPLAY
from dojo.exam.outside_api import Request
from dojo.replay.heard.gathered import Gathered, Row


@dataclasses.dataclass(frozen=True)
class FlowRun:
    """A flow run, as the engine's database has it.

    Attributes:
        id: Its id.
        name: Its name.
        flow: Its flow's name.
        states: The names of its states, in order.
        stamps: The moment of each of these states, in seconds of the epoch.
        message: What its last state says.
        parameters: What it was called with.
        tags: Its tags.
        parent: The id of the flow run that it is a child of; None without.
    """

    id: str
    name: str
    flow: str
    states: list[str]
    stamps: list[float]
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
            "SELECT name, message, timestamp FROM flow_run_state"
            " WHERE flow_run_id = ? ORDER BY timestamp",
            (row["id"],),
        ).fetchall()
        found.append(
            FlowRun(
                id=row["id"],
                name=row["name"],
                flow=row["flow"],
                states=[state["name"] for state in states],
                stamps=[_moment_of(state["timestamp"]) for state in states],
                message=(states[-1]["message"] or "") if states else "",
                parameters=json.loads(row["parameters"] or "{}"),
                tags=json.loads(row["tags"] or "[]"),
                parent=row["parent"],
            )
        )
    return found


def _moment_of(told: Any) -> float:
    moment = datetime.datetime.fromisoformat(str(told))  # in a forged database it can be anything
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


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
        task_runs: In the order in which they began: `function`, `states`, `stamps`, `delays_s`,
            `tags`.
        logs: What was logged in runs: level and message.
    """

    task_runs: list[dict[str, Any]]
    logs: list[Any]

    def of(self, function: str) -> list[dict[str, Any]]:
        """Return the runs of one task."""
        return [run for run in self.task_runs if run.get("function") == function]


_MOST_RUNS, _MOST_STATES = 30, 30  # whoever is not honest may tell of thousands, in a chain
_WAITS = ("AwaitingRetry", "Scheduled")


def story_of(
    scenario: str,
    flow_runs: Sequence[FlowRun],
    task_runs: Sequence[dict[str, Any]],
    requests: Sequence[Request],
    more: Callable[[Gathered], object] = lambda _: None,
) -> str:
    """Return what was gathered of a scenario as one line of a `Story`: see `dojo/replay`.

    Args:
        scenario: Its name.
        flow_runs: Those that it asked for.
        task_runs: As in `EngineAccount`: what the submission's process told.
        requests: What the API was asked, by the supervisor's clock.
        more: Tells of whatever else there is.

    Returns:
        The line; empty where there is nothing to see, or what was told is too much, or no story.
    """
    gathered = Gathered()
    told = flow_runs[:_MOST_RUNS], task_runs[: 2 * _MOST_RUNS]
    gathered.rows.append(lambda: _rows_of(*told))
    asked = [[f"{one.at_s:g} s", one.path, str(one.answered or "lost")] for one in requests[:40]]
    with contextlib.suppress(ValueError):  # what was told can be anything
        more(gathered)
        gathered.add_table("What the API was asked", ["at", "path", "answered"], asked)
        story = gathered.story("", scenario, "submission", _MOST_RUNS)
        line = story.to_json() if story.runs or story.tables else ""
        return line if len(line) <= MOST_REPLAY else ""
    return ""


def _rows_of(flow_runs: Sequence[FlowRun], task_runs: Sequence[dict[str, Any]]) -> Iterator[Row]:
    for flow in flow_runs:
        states = [(at, name, None) for at, name in zip(flow.stamps, flow.states, strict=True)]
        notes = [flow.message] if flow.message and flow.states[-1:] != ["Completed"] else []
        yield Row(flow.id, "flow run", flow.flow, flow.parent, states=[*states], notes=notes)
    for task in task_runs:
        delays = iter(task["delays_s"])
        told = list(zip(task["stamps"], task["states"], strict=False))[:_MOST_STATES]
        yield Row(
            task["id"],
            "task run",
            task["function"],
            task["flow_run_id"],
            gets=task["upstream_ids"],
            states=[
                (at, name, next(delays, None) if name in _WAITS else None) for at, name in told
            ],
        )
