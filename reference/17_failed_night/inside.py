"""What the examination of 17_failed_night has run inside: it puts runs on a server to be read."""

from __future__ import annotations

import uuid
from importlib import import_module
from pathlib import Path
from typing import Any


def read_live(
    solution: Any, _: Path, plans: list[list[Any]], fails: list[str]
) -> list[dict[str, Any]]:
    """Put flow runs with task runs on the server, have them read, and tell it without ids.

    Args:
        solution: The submission.
        _: Where it may write.
        plans: For each run its parameters, and its task runs: `name`, `states` (type, name
            and message), `tags`, `upstream` (names), `result`.
        fails: For each run what it fails with; "" for not at all.

    Returns:
        What `read_runs` returned of them, the last first, and of the first once more when it waits
        for another try: each id is a name, each moment is whether it is the server's.
    """
    from prefect.client.orchestration import get_client

    names: dict[str, str] = {}
    moments: dict[str, list[float]] = {}
    run_ids = []
    with get_client(sync_client=True) as client:
        for number, ((parameters, plan), text) in enumerate(zip(plans, fails, strict=True)):
            run_id = _make_run(parameters, text)
            names[run_id] = f"run {number}"
            run_ids.append(run_id)
            moments |= _moments_of(client, run_id)
            ids: dict[str, uuid.UUID] = {}
            for planned in plan:
                ids[planned["name"]] = made = _put(client, uuid.UUID(run_id), planned, ids)
                names[str(made)] = f"task {planned['name']}"
                found = client.read_task_run_states(made)
                moments[str(made)] = sorted(state.timestamp.timestamp() for state in found)
    told = [_told_run(row, names, moments) for row in solution.read_runs(run_ids[::-1])]
    _have_wait(run_ids[0])
    with get_client(sync_client=True) as client:
        due = moments[f"due {run_ids[0]}"]
        moments |= {**_moments_of(client, run_ids[0]), f"due {run_ids[0]}": due}
    told += [_told_run(row, names, moments) for row in solution.read_runs(run_ids[:1])]
    try:
        nobody = solution.read_runs([str(uuid.uuid4())])
    except Exception:
        nobody = "raised"
    return [
        *told,
        {"none": solution.read_runs([]), "nobody": nobody},
    ]


def _moments_of(client: Any, run_id: str) -> dict[str, list[float]]:
    """Return when the server has it that a run's states began, and that it was due."""
    states = client.read_flow_run_states(uuid.UUID(run_id))
    due = client.read_flow_run(uuid.UUID(run_id)).expected_start_time
    return {
        run_id: sorted(state.timestamp.timestamp() for state in states),
        f"due {run_id}": [due.timestamp()] if due else [],
    }


def _have_wait(run_id: str) -> None:
    """Set a run that had ended to wait for another try."""
    from datetime import timedelta

    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import State, StateDetails, StateType

    with get_client(sync_client=True) as client:
        due: Any = client.read_flow_run(uuid.UUID(run_id)).expected_start_time
        details = StateDetails(scheduled_time=due + timedelta(minutes=20))
        waits = State(type=StateType.SCHEDULED, name="AwaitingRetry", state_details=details)
        client.set_flow_run_state(uuid.UUID(run_id), waits, force=True)


def _make_run(parameters: dict[str, str], fails: str) -> str:
    from prefect import flow
    from prefect.runtime import flow_run

    made = []

    @flow(name="nightly")
    def nightly(night: str, region: str) -> None:
        del night, region
        made.append(str(flow_run.id))
        if fails:
            raise RuntimeError(fails)

    nightly(**parameters, return_state=True)
    return made[0]


def _put(client: Any, run_id: uuid.UUID, planned: dict[str, Any], ids: dict[str, uuid.UUID]) -> Any:
    from prefect import Task
    from prefect.client.schemas.objects import FlowRunResult, Parameter, State, TaskRunResult
    from prefect.serializers import JSONSerializer
    from prefect.settings import PREFECT_RESULTS_PERSIST_BY_DEFAULT, temporary_settings

    results: Any = import_module("prefect.results")
    states: list[Any] = [
        State(type=kind, name=name, message=message or None)
        for kind, name, message in planned["states"]
    ]
    upstream = [TaskRunResult(id=ids[name]) for name in planned["upstream"]]
    inputs = {
        "rows": upstream,
        "wait_for": upstream[:1],
        "night": [Parameter(name="night")],
        "child": [FlowRunResult(id=uuid.uuid4())],
    }
    made = client.create_task_run(
        Task(lambda: None, name=planned["name"]),
        run_id,
        dynamic_key=planned["name"],
        name=planned["name"],
        extra_tags=planned["tags"],
        state=states[0],
        task_inputs=inputs,
    )
    if planned["result"]:
        place = results.ResultRecordMetadata(
            storage_key=planned["result"],
            expiration=None,
            serializer=JSONSerializer(),
            prefect_version="3",
        )
        states[-1].data = results.ResultRecord(result=1, metadata=place)
    for state in states[1:]:
        with temporary_settings({PREFECT_RESULTS_PERSIST_BY_DEFAULT: True}):
            client.set_task_run_state(made.id, state, force=True)
    return made.id


def _told_run(
    row: dict[str, Any], names: dict[str, str], moments: dict[str, list[float]]
) -> dict[str, Any]:
    told = _told(row, names, moments)
    tasks = [
        {
            **_told(one, names, moments),
            "upstream": sorted(names.get(i, "?") for i in one["upstream"]),
        }
        for one in row["tasks"]
    ]
    named = isinstance(row["name"], str) and bool(row["name"])
    is_due = [_epoch(row["due"])] == moments[f"due {row['id']}"]
    tasks.sort(key=lambda one: str(one["id"]))
    return {**told, "name": named, "due": is_due, "tasks": tasks}


def _told(
    row: dict[str, Any], names: dict[str, str], moments: dict[str, list[float]]
) -> dict[str, Any]:
    seen = [_epoch(state["at"]) for state in row["states"]]
    states = [{key: one for key, one in state.items() if key != "at"} for state in row["states"]]
    return {
        **row,
        "id": names.get(row["id"], "?"),
        "states": states,
        "is the server's": seen == moments.get(row["id"]),
    }


def _epoch(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()
