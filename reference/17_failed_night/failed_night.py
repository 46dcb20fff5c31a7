"""Kata 17: find what a failed night died of, from what was recorded, and what must run again.

A night is a dict of plain values:

- `parameters`: what tonight's run was to be called with: `{"night": "2026-03-14", "region": "eu"}`;
- `timezone`, `due`: when it was to start, each night once, by the wall clock there: "02:30";
- `taken_at`: when all of this was read: nothing is known of what came later;
- `runs`: flow runs as `read_runs` returns them. **Tonight's** have exactly these parameters;
  **earlier** ones differ in `night` alone, which is an earlier date; others are other people's;
- `heartbeats`: a dict each, `run` (a flow run's id) and `at`: one every 30 s while its process
  lives; some get lost on the way;
- `requests`: what task runs asked the customer API: `at`, `task` (a task run's id), `path`,
  `status` (None: no answer), `columns` (those of the answered rows) and `version` (of the data).

Times are ISO 8601 with an offset, not always the same one. Lists are in no order, but for the
states of a run; moments to be compared are never equal. A task's name and tags are the same each
night; no name is twice in a run, and no task is called within another one. The tag `effect`: the
task changes something outside (a model is promoted). The tag `optional`: the night can do without
it; no other task needs it. Each run has begun; tonight's are RUNNING still, or have ended
COMPLETED, FAILED or CRASHED. The newest earlier run is that of the latest night; if that has
several, the one that began last.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State

EFFECT, OPTIONAL = "effect", "optional"
SILENT = timedelta(seconds=90)
MEND = ("clock", "cache", "secret", "answer", "code")

Row = dict[str, Any]


def read_runs(flow_run_ids: list[str]) -> list[Row]:
    """Read flow runs from Prefect's API, with the whole history of their task runs.

    Args:
        flow_run_ids: Their ids, each once: at most 200. They have at most 200 task runs together.

    Returns:
        A dict of plain values for each, in the order asked for: `id`, `name`, `parameters` as the
        API has them; `due`, the expected start, ISO 8601; `states`, the oldest first, each a dict
        of `type` ("COMPLETED"), `name` ("Cached"), `at` (ISO 8601) and `message` ("" for none);
        `tasks`, a dict for each task run, in any order: `id`, `name`, `tags` (sorted), `states`
        likewise, `upstream` (the ids of the task runs whose results it was given or waited for, of
        another run too; sorted, each once) and `result` (the storage key of the result in its last
        state; None where nothing was stored). [] for [].

    Raises:
        Exception: There is no such flow run, or the API does not answer.
    """
    with get_client(sync_client=True) as client:
        return [_read_run(client, UUID(one)) for one in flow_run_ids]


def _read_run(client: SyncPrefectClient, flow_run_id: UUID) -> Row:
    run = client.read_flow_run(flow_run_id)
    only = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
    tasks = []
    for task in client.read_task_runs(flow_run_filter=only):
        states = sorted(client.read_task_run_states(task.id), key=lambda one: one.timestamp)
        given = (one for some in task.task_inputs.values() for one in some)
        upstream = {str(one.id) for one in given if one.input_type == "task_run"}
        tasks.append(
            {
                "id": str(task.id),
                "name": task.name,
                "tags": sorted(task.tags),
                "states": [_told(one) for one in states],
                "upstream": sorted(upstream),
                "result": getattr(states[-1].data, "storage_key", None),
            }
        )
    states = sorted(client.read_flow_run_states(flow_run_id), key=lambda one: one.timestamp)
    return {
        "id": str(run.id),
        "name": run.name,
        "parameters": run.parameters,
        "due": run.expected_start_time.isoformat(),
        "states": [_told(one) for one in states],
        "tasks": tasks,
    }


def _told(state: State[Any]) -> Row:
    return {
        "type": state.type.value,
        "name": state.name,
        "at": state.timestamp.isoformat(),
        "message": state.message or "",
    }


def first_failure(run: Row) -> str | None:
    """Find the task run of a flow run that failed first for a reason of its own.

    It ended in a state of the type FAILED, is not optional, and none that it depends on, however
    far upstream in this run, ended FAILED or CRASHED. Of several it is the one whose last state is
    the earliest.

    Args:
        run: A flow run, as `read_runs` returns it; it may have no task run.

    Returns:
        The id of the task run; None if there is none.
    """
    tasks = {one["id"]: one for one in run["tasks"]}
    broken = {
        name
        for name, one in tasks.items()
        if _type(one) in ("FAILED", "CRASHED") and OPTIONAL not in one["tags"]
    }
    own = [
        name
        for name in broken
        if _type(tasks[name]) == "FAILED" and not _above(name, tasks) & broken
    ]
    return min(own, key=lambda name: _at(tasks[name]["states"][-1]), default=None)


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    """Find of what kind the cause of a night is, and where it sits.

    The first that holds:

    - "clock": not exactly one moment at which tonight's runs were due (`due` of a run) reads `due`
      of the night, to the minute, on its date, by the wall clock of `timezone`. Where: the run that
      was due last; of several that were, the one that began first.
    - "twice": two of tonight's runs were at work at once. Where: the one that began while another
      was (the first of several). A run is at work from its first state of the type RUNNING to its
      last state; to its last sign if it is lost; to `taken_at` if it is alive. Signs: its
      heartbeats, the states of its task runs and its own; but its own CRASHED is none: mostly
      somebody else says it, and the process may live on. It is lost if its last state is CRASHED;
      or RUNNING, and its last sign is 90 s or more before `taken_at`: with less it is alive.
    - "cache": a task run of tonight ended Cached, and what made its result (of the task runs with
      the same `result` that ended COMPLETED before it, and not Cached, the last one) had worked
      from other data: the sets of versions in the last answers of all that is upstream of the one
      and of the other, in any run, differ (there all was answered, each answer has a version, and
      what asked is not Cached). Where: of such task runs the one that ended first.

    Then tonight's run that began last counts:

    - "nothing": it is alive; or its last state is of the type COMPLETED; or no task is missing: all
      that ended COMPLETED in the newest earlier run, but optional ones, did so in a run of tonight.
      Where: "".
    - One that can be told from an answer. Take the first failure and all that is upstream of it, in
      any run; of each of these that asked the API, the last request. Look at these requests, the
      earliest first: "outage" if it had no answer, or 429, or 500 and more; "secret" if it had 401,
      and no request of anybody was answered 200 afterwards; "answer" if it had 200 with a column
      missing that the newest answer 200 of any earlier run to the same path had; after any other
      answer look at the next. Where: the task run that asked.
    - "code": there is a first failure; that is where. Or the run itself is FAILED: its id.
    - "worker": the run is lost. Where: the run.

    Args:
        night: A night, see above. There are earlier runs; the newest ended COMPLETED.
        failure: What `first_failure` finds in tonight's run that began last; None for nothing.

    Returns:
        The kind, and the id of a flow run or a task run.
    """
    runs = _tonights(night)
    zone = ZoneInfo(night["timezone"])
    wall = f"{night['parameters']['night']} {night['due']}"
    due = {_time(run["due"]) for run in runs}
    if sum(f"{one.astimezone(zone):%Y-%m-%d %H:%M}" == wall for one in due) != 1:
        return "clock", max(runs, key=lambda run: _time(run["due"]))["id"]
    for number, run in enumerate(runs):
        if any(_over(one, night) > _began(run) for one in runs[:number]):
            return "twice", run["id"]
    stale = [task for run in runs for task in run["tasks"] if _is_stale(task, night)]
    if stale:
        return "cache", min(stale, key=lambda task: _at(task["states"][-1]))["id"]
    last = runs[-1]
    if _is_alive(last, night) or _type(last) == "COMPLETED" or not _missing(night):
        return "nothing", ""
    if failure is not None:
        return _told_by_answers(failure, night) or ("code", failure)
    return ("code" if _type(last) == "FAILED" else "worker"), last["id"]


def _told_by_answers(failure: str, night: Row) -> tuple[str, str] | None:
    tasks = {one["id"]: one for run in night["runs"] for one in run["tasks"]}
    asked = [_last_request(name, night) for name in {failure} | _above(failure, tasks)]
    for request in sorted(filter(None, asked), key=_at):
        status = request["status"]
        if status is None or status == 429 or status >= 500:
            return "outage", request["task"]
        if status == 401 and not _answered_after(request, night):
            return "secret", request["task"]
        if status == 200 and set(_columns_before(request, night)) - set(request["columns"]):
            return "answer", request["task"]
    return None


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    """Say of each task what is to become of it, before the night may go on.

    All that ended COMPLETED in the newest earlier run, or has a task run tonight; but no optional
    one. Not to be trusted is the task run where the cause sits, if it sits in one, and all that is
    downstream of it, however far.

    Args:
        night: A night, see above.
        cause: What `find_cause` finds in it.

    Returns:
        Names, sorted, each in one list at most:

        - `by_hand`: effects that happened, or may have, and that nobody can just run again. A task
          run of it tonight ended COMPLETED and is not to be trusted; or was begun (had a state of
          the type RUNNING) and has no end, or CRASHED, in a run that is lost; or two of them
          tonight ended COMPLETED. An effect that FAILED did not happen.
        - `keep`: of the rest, those of which a task run tonight ended COMPLETED, to be trusted.
        - `again`: of the rest all; but none while a run of tonight is alive, which may yet do them.
    """
    runs = _tonights(night)
    spoilt = _spoilt(night, cause[1])
    effects = {
        task["name"] for run in night["runs"] for task in run["tasks"] if EFFECT in task["tags"]
    }
    is_alive = any(_is_alive(run, night) for run in runs)
    sorted_: dict[str, list[str]] = {"by_hand": [], "keep": [], "again": []}
    for name in sorted(_needed(night)):
        ends = [(task, run) for run in runs for task in run["tasks"] if task["name"] == name]
        done = [task for task, _ in ends if _type(task) == "COMPLETED"]
        open_ = [task for task, run in ends if _is_lost(run, night) and _is_open(task)]
        good = [task for task in done if task["id"] not in spoilt]
        if name in effects and (open_ or len(done) > 1 or len(good) < len(done)):
            sorted_["by_hand"].append(name)
        elif good:
            sorted_["keep"].append(name)
        elif not is_alive:
            sorted_["again"].append(name)
    return sorted_


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    """Say what whoever is on call does next.

    Args:
        night: A night, see above.
        cause: What `find_cause` finds in it.
        tasks: What `sort_tasks` makes of it.

    Returns:
        The first that holds:

        - "mend": the cause is "clock", "cache", "secret", "answer" or "code". Whatever is started
          before that is mended fails again, or does harm.
        - "wait": a run of tonight is alive; or the cause is "outage", and no request of anybody was
          answered 200 after the last request of the task run where it sits.
        - "look": something is to be done by hand.
        - "rerun": something has to run again.
        - "nothing".
    """
    kind, where = cause
    if kind in MEND:
        return "mend"
    if any(_is_alive(run, night) for run in _tonights(night)):
        return "wait"
    if kind == "outage" and not _answered_after(_last_request(where, night), night):
        return "wait"
    if tasks["by_hand"]:
        return "look"
    return "rerun" if tasks["again"] else "nothing"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _at(row: Row) -> datetime:
    return _time(row["at"])


def _type(row: Row) -> str:
    return str(row["states"][-1]["type"])


def _above(name: str, tasks: dict[str, Row]) -> set[str]:
    """Return all that is upstream of a task run, however far."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        upstream = [one for one in tasks[ahead.pop()]["upstream"] if one in tasks]
        ahead += [one for one in upstream if one not in found]
        found.update(upstream)
    return found


def _tonights(night: Row) -> list[Row]:
    """Return tonight's runs, the one that began first before the others."""
    runs = [run for run in night["runs"] if run["parameters"] == night["parameters"]]
    return sorted(runs, key=_began)


def _earlier(night: Row) -> list[Row]:
    """Return the earlier runs, the newest night last."""
    tonight = night["parameters"]
    runs = [
        run
        for run in night["runs"]
        if {**run["parameters"], "night": tonight["night"]} == tonight
        and run["parameters"]["night"] < tonight["night"]
    ]
    return sorted(runs, key=lambda run: (run["parameters"]["night"], _began(run)))


def _done_earlier(night: Row) -> set[str]:
    """Return the names of the tasks of a whole night."""
    tasks = _earlier(night)[-1]["tasks"]
    done = [one for one in tasks if _type(one) == "COMPLETED"]
    return {one["name"] for one in done if OPTIONAL not in one["tags"]}


def _needed(night: Row) -> set[str]:
    """Return the names of the tasks of a whole night, and of what ran tonight."""
    tonight = [task for run in _tonights(night) for task in run["tasks"]]
    return _done_earlier(night) | {one["name"] for one in tonight if OPTIONAL not in one["tags"]}


def _missing(night: Row) -> set[str]:
    tasks = [task for run in _tonights(night) for task in run["tasks"]]
    return _done_earlier(night) - {task["name"] for task in tasks if _type(task) == "COMPLETED"}


def _spoilt(night: Row, where: str) -> set[str]:
    """Return the ids of the task runs that are not to be trusted; the way may lead by others."""
    tasks = {task["id"]: task for run in night["runs"] for task in run["tasks"]}
    return {name for name in tasks if where in {name} | _above(name, tasks)}


def _began(run: Row) -> datetime:
    return next(_at(one) for one in run["states"] if one["type"] == "RUNNING")


def _signs(run: Row, night: Row) -> Iterator[datetime]:
    yield from (_at(one) for one in night["heartbeats"] if one["run"] == run["id"])
    yield from (_at(state) for task in run["tasks"] for state in task["states"])
    yield from (_at(state) for state in run["states"] if state["type"] != "CRASHED")


def _is_alive(run: Row, night: Row) -> bool:
    is_silent = max(_signs(run, night)) <= _time(night["taken_at"]) - SILENT
    return _type(run) == "RUNNING" and not is_silent


def _is_lost(run: Row, night: Row) -> bool:
    return _type(run) == "CRASHED" or (_type(run) == "RUNNING" and not _is_alive(run, night))


def _over(run: Row, night: Row) -> datetime:
    """Return when a run was over; one that is alive is not, yet."""
    if _is_alive(run, night):
        return _time(night["taken_at"])
    return max(_signs(run, night)) if _is_lost(run, night) else _at(run["states"][-1])


def _is_open(task: Row) -> bool:
    begun = any(state["type"] == "RUNNING" for state in task["states"])
    return begun and _type(task) not in ("COMPLETED", "FAILED")


def _last_request(task: str, night: Row) -> Row | None:
    asked = [one for one in night["requests"] if one["task"] == task]
    return max(asked, key=_at, default=None)


def _answered_after(request: Row | None, night: Row) -> bool:
    return request is not None and any(
        one["status"] == 200 and _at(one) > _at(request) for one in night["requests"]
    )


def _columns_before(request: Row, night: Row) -> list[str]:
    """Return the columns that the same question was answered with in an earlier run."""
    tasks = {task["id"] for run in _earlier(night) for task in run["tasks"]}
    same = [
        one
        for one in night["requests"]
        if one["task"] in tasks and one["path"] == request["path"] and one["status"] == 200
    ]
    return list(max(same, key=_at)["columns"]) if same else []


def _is_stale(task: Row, night: Row) -> bool:
    if task["states"][-1]["name"] != "Cached":
        return False
    ended = _at(task["states"][-1])
    makers = [
        (_at(one["states"][-1]), one["id"])
        for run in night["runs"]
        for one in run["tasks"]
        if one["result"] == task["result"] and one["states"][-1]["name"] != "Cached"
    ]
    makers = [one for one in makers if one[0] < ended]
    return bool(makers) and _versions(max(makers)[1], night) != _versions(task["id"], night)


def _versions(name: str, night: Row) -> set[str]:
    tasks = {task["id"]: task for run in night["runs"] for task in run["tasks"]}
    asked = [_last_request(one, night) for one in _above(name, tasks)]
    return {one["version"] for one in asked if one is not None}


def _whole(kept: Row) -> Row:
    """Write a kept night out: in the file a moment is seconds after the night's midnight."""
    date = datetime.fromisoformat(kept["date"])
    begin = date.replace(tzinfo=ZoneInfo(kept["timezone"])).astimezone(timezone.utc)

    def at(seconds: float) -> str:
        return (begin + timedelta(seconds=seconds)).isoformat()

    def parameters(given: Row) -> Row:
        return {**given, "night": str((date + timedelta(days=given["night"])).date())}

    def states(row: list[Any]) -> list[Row]:
        told = [dict(zip(("type", "name", "at", "message"), one, strict=True)) for one in row]
        return [{**one, "at": at(one["at"])} for one in told]

    return {
        **kept,
        "parameters": parameters({"night": 0, "region": kept["region"]}),
        "taken_at": at(kept["taken_at"]),
        "runs": [
            {
                **run,
                "parameters": parameters(run["parameters"]),
                "due": at(run["due"]),
                "states": states(run["states"]),
                "tasks": [{**task, "states": states(task["states"])} for task in run["tasks"]],
            }
            for run in kept["runs"]
        ],
        "heartbeats": [
            {"run": run, "at": at(beat)}
            for run, beats in kept["heartbeats"].items()
            for beat in beats
        ],
        "requests": [{**one, "at": at(one["at"])} for one in kept["requests"]],
    }


def _tell(night: Row) -> Iterator[str]:
    """Tell what happened in a night, what the cause is, and what is to be done."""
    names = {one["id"]: one["name"] for run in night["runs"] for one in run["tasks"]}
    for run in _tonights(night):
        ends = [f"{one['name']} {one['states'][-1]['name']}" for one in run["tasks"]]
        yield f"  run {run['states'][-1]['name']}: {', '.join(sorted(ends))}"
        failure = first_failure(run)
        yield f"  first failure: {names[failure] if failure else 'none'}"
    cause = kind, where = find_cause(night, first_failure(_tonights(night)[-1]))
    yield f"  cause: {kind}" + (f", at {names.get(where, 'the run itself')}" if where else "")
    sorted_ = sort_tasks(night, cause)
    for name, tasks in sorted_.items():
        yield f"  {name}: {', '.join(tasks) or '-'}"
    yield f"  next: {next_step(night, cause, sorted_)}"


if __name__ == "__main__":
    import json

    path = Path(__file__).parents[2] / "katas" / "17_failed_night" / "nights.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        if kept["family"] in ("answer_renamed", "lost_while_promoting", "stale_features_unseen"):
            print(f"{kept['family']}, planted and recorded:")
            print("\n".join(_tell(_whole(kept))), flush=True)
