"""Add to a recorded night what is no cause of anything: reason alone tells it from what is one.

In the short form of `recorded`: a task that heals and of which others are made, an older night
with a task that was given up since, an effect that was never begun, runs that were scheduled
days before.
"""

from __future__ import annotations

import copy
import random
from typing import Any

Row = dict[str, Any]

_DAY_S = 24 * 3600.0
_BUSY = (429, 500, 502, 503, 504, 599)
_SETTINGS, _RETIRED, _NEVER, _NEW = "read_settings", "retired_step", "never_begun", "new_step"


def with_innocents(kept: Row, rng: random.Random) -> Row:
    """Return a kept night with more in it; what was true of it stays true.

    Args:
        kept: A night in its short form.
        rng: Draws.

    Returns:
        A night of its own, in the same form.
    """
    night = copy.deepcopy(kept)
    ours = [run for run in night["runs"] if run["parameters"]["region"] == night["region"]]
    for run in ours:
        _add_settings(night, run, ours[0])
    night["truth"]["keep"].append(_SETTINGS)
    _add_effect_that_never_began(ours)
    if ours[-1]["states"][-1][0] == "FAILED" and night["truth"]["cause"][0] != "twice":
        _add_new_task(ours[-1])
        night["truth"]["again"].append(_NEW)
    _add_older_night(night, ours[0])
    _draw_busy(night, rng)
    for run in night["runs"]:
        run["states"][0][2] -= rng.uniform(0, 3 * _DAY_S)  # a scheduler makes runs days before
    if kept["family"] == "cache_was_right" and rng.random() < 0.5:
        _task(ours[0], "E")["result"] = "of a night that nobody kept"
    _draw_reading(night, rng)
    return night


def _task(run: Row, key: str) -> Row:
    return next(one for one in run["tasks"] if one["id"].endswith(f".{key}"))


def _add_settings(night: Row, run: Row, earlier: Row) -> None:
    """Add a task that failed once, and healed; features are made of it, and of the earlier one."""
    began = next(at for kind, _, at, _ in run["states"] if kind == "RUNNING")
    states = [
        ["PENDING", "Pending", began + 0.5, ""],
        ["RUNNING", "Running", began + 1.0, ""],
        ["SCHEDULED", "AwaitingRetry", began + 1.5, "Task run encountered an exception OSError"],
        ["RUNNING", "Retrying", began + 2.0, ""],
        ["COMPLETED", "Completed", began + 2.5, ""],
    ]
    name = f"{run['id']}.N"
    plain: Row = {"tags": [], "upstream": [], "result": None}
    run["tasks"].append({"id": name, "name": _SETTINGS, "states": states, **plain})
    for one in run["tasks"]:
        if one["id"].endswith(".E"):
            one["upstream"] += sorted({name, f"{earlier['id']}.N"})
    asked = {"path": "/settings", "columns": ["key", "value"], "version": "s1"}
    night["requests"].append({"at": began + 2.2, "task": name, "status": 200, **asked})


def _add_effect_that_never_began(runs: list[Row]) -> None:
    """Add to a run that was lost the last effect: submitted, and never begun."""
    last = runs[-1]
    is_lost = last["states"][-1][0] == "RUNNING" or last["states"][-2][0] == "RUNNING"
    has_ended = last["states"][-1][0] not in ("RUNNING", "CRASHED")
    if has_ended or not is_lost or any(one["id"].endswith(".W") for one in last["tasks"]):
        return
    effect = copy.deepcopy(_task(runs[0], "W"))
    at = max(one[2] for task in last["tasks"] for one in task["states"] if one[0] == "RUNNING")
    states = [["PENDING", "Pending", at - 0.5, ""]]
    last["tasks"].append(
        {**effect, "id": f"{last['id']}.W", "states": states, "upstream": [], "result": None}
    )


def _add_new_task(run: Row) -> None:
    """Add to a run that failed a task that no earlier night had; it was never begun."""
    at = run["states"][-1][2]
    states = [["PENDING", "Pending", at - 2, ""], ["PENDING", "NotReady", at - 1, ""]]
    plain: Row = {"tags": [], "upstream": [], "result": None}
    run["tasks"].append({"id": f"{run['id']}.Y", "name": _NEW, "states": states, **plain})


def _add_older_night(night: Row, newest: Row) -> None:
    """Add the night before the newest earlier one: with a task and a column that are no more."""
    older = copy.deepcopy(newest)
    older["id"] = "older"
    older["parameters"]["night"] -= 1
    older["due"] -= _DAY_S
    for one in older["tasks"]:
        one["id"] = one["id"].replace(newest["id"], "older", 1)
        one["upstream"] = [name.replace(newest["id"], "older", 1) for name in one["upstream"]]
        one["result"] = one["result"] and "of an older night"
    for row in (older, *older["tasks"]):
        for state in row["states"]:
            state[2] -= _DAY_S
    retired = {**copy.deepcopy(older["tasks"][-1]), "id": "older.O", "name": _RETIRED}
    older["tasks"].append({**retired, "upstream": []})
    at = newest["states"][-1][2]
    states = [["PENDING", "Pending", at - 2, ""], ["PENDING", "NotReady", at - 1, ""]]
    plain: Row = {"tags": [], "upstream": [], "result": None}
    newest["tasks"].append({"id": "r0.X", "name": _NEVER, "states": states, **plain})
    night["requests"] += [
        {
            **one,
            "at": one["at"] - _DAY_S,
            "task": one["task"].replace(newest["id"], "older", 1),
            "columns": [*one["columns"], "gone_since"],
        }
        for one in night["requests"]
        if one["task"].startswith(f"{newest['id']}.")
    ]
    night["heartbeats"]["older"] = [at - _DAY_S for at in night["heartbeats"][newest["id"]]]
    night["runs"].append(older)
    night["truth"]["first"]["older"] = None


def _draw_busy(night: Row, rng: random.Random) -> None:
    """Have an API that is busy say so by another number."""
    busy = rng.choice(_BUSY)
    for one in night["requests"]:
        one["status"] = busy if one["status"] in _BUSY else one["status"]


def _draw_reading(night: Row, rng: random.Random) -> None:
    """Have a night in which all has ended be read seconds later, or long after."""
    if any(run["states"][-1][0] in ("RUNNING", "CRASHED") for run in night["runs"]):
        return
    states = [state for run in night["runs"] for state in run["states"]]
    states += [state for run in night["runs"] for task in run["tasks"] for state in task["states"]]
    if rng.random() < 0.5:
        night["taken_at"] = max(state[2] for state in states) + rng.uniform(1, 80)
