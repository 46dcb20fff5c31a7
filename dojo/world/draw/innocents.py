"""Add to a recorded night what is no cause of anything: reason alone tells it from what is one.

In the short form of `recorded`: a task that heals and of which others are made, an older night
with a task that was given up since, an effect that was never begun, runs that were scheduled
days before, failures by another name, and what other people ask and store.
"""

from __future__ import annotations

import copy
import random
from typing import Any

Row = dict[str, Any]

_DAY_S = 24 * 3600.0
_BUSY = (429, 500, 502, 503, 504, 599)
_SETTINGS, _RETIRED, _NEVER, _NEW = "read_settings", "retired_step", "never_begun", "new_step"
_OTHER_PATH = "/contracts"


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
    _add_others(night, ours)
    _draw_busy(night, rng)
    _draw_timeouts(night, rng)
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


def _add_others(night: Row, ours: list[Row]) -> None:
    """Have other people ask for something else, ask the same for other columns, or store anew.

    None of it says anything of tonight: but that the API answers them says that it does.
    """
    family, last = night["family"], ours[-1]
    asked = [one for one in night["requests"] if one["task"] == f"{last['id']}.F"]
    if family in ("refused_alone", "outage_is_over"):
        regions = {run["id"]: run["parameters"]["region"] for run in night["runs"]}
        for one in night["requests"]:
            if regions[one["task"].split(".")[0]] != night["region"]:
                one["path"] = _OTHER_PATH
    elif family == "answer_renamed":
        _add_run_of_others(night, asked[-1], asked[-1]["at"] - 3600, None)
    elif family == "code_in_features":
        more = {**asked[-1], "columns": [*asked[-1]["columns"], "of_others"]}
        _add_run_of_others(night, more, more["at"] - 3600, None)
    elif family in ("stale_features", "stale_features_unseen", "cache_was_right"):
        cached = _task(last, "E")
        version = "v0" if family == "cache_was_right" else asked[-1]["version"]
        at = cached["states"][-1][2] + 0.5
        _add_run_of_others(night, {**asked[-1], "version": version}, at, cached["result"])


def _add_run_of_others(night: Row, answer: Row, at: float, result: str | None) -> None:
    """Add another region's run: it was given an answer at a moment, and stored a result then."""
    moments = iter([at + 0.1 * number for number in range(9)])

    def states() -> list[list[Any]]:
        names = ("Pending", "Running", "Completed")
        return [[one.upper(), one, next(moments), ""] for one in names]

    begun = [["SCHEDULED", "Scheduled", at - 9, ""], ["RUNNING", "Running", at - 8, ""]]
    loads, builds = (_task(night["runs"][0], key)["name"] for key in "FE")
    plain: Row = {"tags": [], "upstream": [], "result": None}
    asks = {**plain, "id": "others.F", "name": loads, "states": states()}
    makes = {**plain, "id": "others.E", "name": builds, "states": states(), "result": result}
    makes["upstream"] = [asks["id"], f"{night['runs'][0]['id']}.N"]
    run = copy.deepcopy(night["runs"][0])
    ended = [["COMPLETED", "Completed", at + 1, ""]]
    run |= {"id": "others", "name": "of-others", "states": begun + ended, "tasks": [asks, makes]}
    run["parameters"] = {"night": 0, "region": "elsewhere"}
    night["runs"].append({**run, "due": at - 9})
    night["requests"].append({**answer, "at": at + 0.15, "task": asks["id"], "status": 200})
    night["heartbeats"]["others"] = [at - 7]
    night["truth"]["first"]["others"] = None


def _draw_timeouts(night: Row, rng: random.Random) -> None:
    """Have some task runs that failed end TimedOut: of the type FAILED as well."""
    for task in (task for run in night["runs"] for task in run["tasks"]):
        last = task["states"][-1]
        if last[0] == "FAILED" and "effect" not in task["tags"] and rng.random() < 0.5:
            last[1] = "TimedOut"


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
