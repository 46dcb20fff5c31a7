"""Examine 17_failed_night: nights that no learner has, drawn anew, and runs on a real server.

The nights are those of `nights.jsonl` beside this file, recorded like those of the kata with other
seeds; a submission cannot read them. What the reference finds in a drawn night is expected.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import random
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dojo.exam.stage import Desk, examines
from dojo.world.draw import Draw
from dojo.world.draw.recorded import drawn_night, recorded_nights_in
from dojo.world.draw.varied import RecordedNight, nights_over_a_change

_NIGHTS = Path(__file__).with_name("nights.jsonl")
_HISTORIES = (
    (("PENDING", "Pending"), ("RUNNING", "Running"), ("COMPLETED", "Completed")),
    (("PENDING", "Pending"), ("RUNNING", "Running"), ("COMPLETED", "Cached")),
    (("PENDING", "Pending"), ("RUNNING", "Running"), ("FAILED", "Failed")),
    (("PENDING", "Pending"), ("RUNNING", "Running"), ("FAILED", "TimedOut")),
    (("PENDING", "Pending"), ("PENDING", "NotReady")),
    (("PENDING", "Pending"), ("RUNNING", "Running")),
    (
        *(("PENDING", "Pending"), ("RUNNING", "Running"), ("SCHEDULED", "AwaitingRetry")),
        *(("RUNNING", "Retrying"), ("COMPLETED", "Completed")),
    ),
)
# Where and when the clock goes forward at 02:00, and by how many minutes.
_SKIPS = (
    ("Europe/Paris", "2026-03-29", 60),
    ("America/New_York", "2026-03-08", 60),
    ("Australia/Lord_Howe", "2026-10-04", 30),
)


def _draw_nights(desk: Desk) -> list[RecordedNight]:
    """Draw all nights anew, in any order."""
    rng = random.Random(desk.rng.getrandbits(64))
    nights = [drawn_night(one, rng) for one in recorded_nights_in(_NIGHTS)]
    rng.shuffle(nights)
    return nights


def _at(row: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(row["at"])


def _on_the_edge(nights: list[RecordedNight]) -> list[RecordedNight]:
    """Return nights with a run that is Running, read just before it counts as lost, and then."""
    found = []
    for one in nights:
        if one.family not in ("lost", "lost_while_promoting", "slow"):
            continue
        (run,) = (run for run in one.night["runs"] if run["states"][-1]["type"] == "RUNNING")
        states = [state for task in run["tasks"] for state in task["states"]]
        beats = [beat for beat in one.night["heartbeats"] if beat["run"] == run["id"]]
        last = max(map(_at, [*run["states"], *states, *beats]))
        lost = ("worker", run["id"])
        for silent_s, cause in ((89.5, ("nothing", "")), (90.0, lost), (86_420.0, lost)):
            taken = last + dt.timedelta(seconds=silent_s)
            night = {**one.night, "taken_at": taken.isoformat()}
            family = f"{one.family}, silent for {silent_s} s"
            found.append(dataclasses.replace(one, family=family, night=night, cause=cause))
        last = max(map(_at, [*run["states"], *states]))
        late = [beat for beat in beats if _at(beat) > last - dt.timedelta(seconds=100)]
        night = {
            **one.night,
            "taken_at": (last + dt.timedelta(seconds=60)).isoformat(),
            "heartbeats": [beat for beat in one.night["heartbeats"] if beat not in late],
        }
        family = f"{one.family}, heartbeats are lost on the way"
        cause = ("nothing", "")
        found.append(dataclasses.replace(one, family=family, night=night, cause=cause))
    return found


def _varied(nights: list[RecordedNight]) -> list[RecordedNight]:
    """Return some nights as they might have gone on, or as they were read earlier."""
    by_family = {one.family: one for one in nights}
    return [
        dataclasses.replace(
            by_family["lost_while_promoting"].with_effect_between_tries(),
            family="lost between two tries of an effect",
        ),
        dataclasses.replace(
            by_family["effect_fails"].with_rerun_of_the_rest(),
            family="the rest was done by a rerun",
        ),
        dataclasses.replace(
            by_family["two_at_once"].with_first_still_at_work(), family="the first is still at work"
        ),
        dataclasses.replace(
            by_family["lost_while_promoting"].with_new_effect(), family="an effect that is new"
        ),
        dataclasses.replace(
            by_family["lost_then_rerun"]
            .with_another_before_the_last_sign()
            .with_crash_before_the_other(),
            family="set to Crashed while at work",
        ),
        *(
            dataclasses.replace(
                by_family[name].with_way_through_others(), family=f"{name}, by way of others"
            )
            for name in ("stale_features_unseen", "answer_renamed", "answer_is_an_error")
        ),
        *(
            dataclasses.replace(
                by_family[name].with_answer_before_its_end(), family=f"{name}, others were answered"
            )
            for name in ("outage", "no_answer")
        ),
        *nights_over_a_change(),
    ]


def _health_checked(night: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Have somebody ask whether the API is there, before the record was read: never with 200."""
    taken = dt.datetime.fromisoformat(night["taken_at"])
    asked = [
        {
            "task": str(uuid.UUID(int=rng.getrandbits(128))),
            "at": (taken - dt.timedelta(seconds=number)).isoformat(),
            "path": "/health",
            "status": status,
            "columns": [],
            "version": "",
        }
        for number, status in enumerate(rng.sample((201, 202, 204, 206, 302, 304), 4), start=1)
    ]
    return {**night, "requests": [*asked, *night["requests"]]}


def _crashed_again(night: dict[str, Any]) -> dict[str, Any]:
    """Have somebody say twice of tonight's lost run that it crashed, while the rerun is at work."""
    changed = copy.deepcopy(night)
    tonight = [run for run in changed["runs"] if run["parameters"] == night["parameters"]]
    lost, rerun = sorted(tonight, key=lambda run: run["states"][-1]["type"] != "RUNNING")
    for earlier_s in (2, 1):
        at = (_at(rerun["states"][-1]) - dt.timedelta(seconds=earlier_s)).isoformat()
        more = {"type": "CRASHED", "name": "Crashed", "at": at, "message": "no heartbeat"}
        lost["states"].append(more)
    return changed


def _skipped(rng: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """Make nights whose one run was due when the clock went forward, or two hours later."""
    found = []
    for zone, date, minutes in _SKIPS:
        minute = rng.randrange(1, minutes)
        # What is skipped may be read in two ways; what comes later, in one.
        for due, folds in ((f"02:{minute:02d}", (0, 1)), (f"04:{minute:02d}", (0,))):
            for fold in folds:
                wall = dt.datetime.fromisoformat(f"{date}T{due}").replace(fold=fold)
                moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.timezone.utc)
                name = f"{zone}, due {due}, at {moment:%H:%M} UTC"
                found.append((name, _came_through(date, zone, due, moment, rng)))
    return found


def _came_through(
    date: str, zone: str, due: str, moment: dt.datetime, rng: random.Random
) -> dict[str, Any]:
    parameters = {"night": date, "region": "eu"}
    states = [
        {"type": kind, "name": kind.capitalize(), "at": at.isoformat(), "message": ""}
        for kind, at in (
            ("RUNNING", moment + dt.timedelta(seconds=1)),
            ("COMPLETED", moment + dt.timedelta(seconds=9)),
        )
    ]
    run = {
        "id": str(uuid.UUID(int=rng.getrandbits(128))),
        "name": f"of {date}",
        "parameters": parameters,
        "due": moment.isoformat(),
        "states": states,
        "tasks": [],
    }
    return {
        "parameters": parameters,
        "timezone": zone,
        "due": due,
        "taken_at": (moment + dt.timedelta(hours=5)).isoformat(),
        "runs": [run],
        "heartbeats": [],
        "requests": [],
    }


def _draw_all(desk: Desk) -> list[RecordedNight]:
    """Draw all nights anew, some more on the edge, and some that are varied."""
    nights = _draw_nights(desk)
    return [*nights, *_on_the_edge(nights), *_varied(nights)]


def _draw_plan(desk: Desk) -> list[dict[str, Any]]:
    """Draw the task runs of a run: with histories, tags, results, and what is upstream of them."""
    rng = desk.rng
    texts = [
        one for one in Draw(rng.getrandbits(64)).names(signs=r"[^\x00-\x1f\s/]").values() if one
    ]
    names = [f"{number} {text}" for number, text in enumerate(rng.sample(texts, 5))]
    plan = []
    for number, name in enumerate(names):
        history = rng.choice(_HISTORIES)
        plan.append(
            {
                "name": name,
                "states": [[*one, rng.choice(("", f"said {rng.random()}"))] for one in history],
                "tags": rng.sample(
                    ["effect", "optional", "churn", "Night", "é"], rng.randint(0, 4)
                ),
                "upstream": rng.sample(names[:number], rng.randint(0, number)),
                "result": rng.choice((None, f"results/{rng.random()}")),
            }
        )
    return plan


@examines(1, rests_on=("answer",))
def runs_are_read_from_a_server(desk: Desk) -> None:
    """Put runs on a server, and read some of them."""
    month = desk.rng.randint(1, 9)
    plans = [
        [{"night": f"2026-0{month}-14", "region": region}, _draw_plan(desk)]
        for region in ("eu", "us")
    ]
    fails = [desk.rng.choice(("", f"no quota {desk.rng.random()}")) for _ in plans]
    outcome = desk.run_with("read_live", plans, fails)
    desk.note_outcome("what was read", outcome)


@examines(2, rests_on=("answer",))
def first_failures_are_found(desk: Desk) -> None:
    """Look for the first failure of each run, also where a machine's clock is behind."""
    for one in _draw_nights(desk):
        for number, run in enumerate(one.night["runs"]):
            desk.note_outcome(f"{one.family}, run {number}", desk.call("first_failure", run))
            first = one.first[run["id"]]
            if first is not None:
                behind = desk.call("first_failure", _behind(run, first))
                desk.note_outcome(f"{one.family}, run {number}, a clock is behind", behind)
    kept = {one["family"]: one for one in recorded_nights_in(_NIGHTS)}["both_models"]
    for number in range(16):  # offsets that turn two moments round, as text, are drawn now and then
        one = drawn_night(kept, random.Random(desk.rng.getrandbits(64)))
        (last,) = (run for run in one.night["runs"] if one.first[run["id"]] is not None)
        desk.note_outcome(f"both models, {number}", desk.call("first_failure", last))
    desk.note_outcome("no task runs", desk.call("first_failure", {**last, "tasks": []}))


def _behind(run: dict[str, Any], first: str) -> dict[str, Any]:
    """Have all that is downstream of a task run be stamped an hour early."""
    changed = copy.deepcopy(run)
    below = {first}
    for _ in changed["tasks"]:
        below |= {one["id"] for one in changed["tasks"] if below & set(one["upstream"])}
    for one in changed["tasks"]:
        for state in one["states"] if one["id"] in below - {first} else ():
            state["at"] = (_at(state) - dt.timedelta(hours=1)).isoformat()
    return changed


@examines(3, rests_on=("answer",))
def causes_are_found(desk: Desk) -> None:
    """Ask for the cause of each night."""
    nights = _draw_all(desk)
    for one in nights:
        desk.note_outcome(one.family, desk.call("find_cause", one.night, one.failure))
    by_family = {one.family: one for one in nights}
    both = by_family["lost_then_rerun"].with_another_before_the_last_sign()
    stale = by_family["stale_features_unseen"].with_another_stale_task()
    for name, one in (("another before the last sign", both), ("another stale task", stale)):
        desk.note_outcome(name, desk.call("find_cause", one.night, one.failure))
    rng = random.Random(desk.rng.getrandbits(64))
    for family in ("secret", "secret_of_all"):
        night, failure = by_family[family].night, by_family[family].failure
        outcome = desk.call("find_cause", _health_checked(night, rng), failure)
        desk.note_outcome(f"{family}, the API is looked after", outcome)
    one = by_family["lost_then_rerun"]
    outcome = desk.call("find_cause", _crashed_again(one.night), one.failure)
    desk.note_outcome("said to have crashed twice", outcome)
    for name, night in _skipped(rng):
        desk.note_outcome(name, desk.call("find_cause", night, None))


@examines(4, rests_on=("answer",))
def tasks_are_sorted(desk: Desk) -> None:
    """Ask of each night what is to become of its tasks."""
    for one in _draw_all(desk):
        desk.note_outcome(one.family, desk.call("sort_tasks", one.night, one.cause))


@examines(5, rests_on=("answer",))
def next_steps_are_told(desk: Desk) -> None:
    """Ask of each night what is to be done."""
    for one in _draw_all(desk):
        outcome = desk.call("next_step", one.night, one.cause, one.tasks)
        desk.note_outcome(one.family, outcome)
        if one.cause[0] == "outage":
            night = _health_checked(one.night, desk.rng)
            outcome = desk.call("next_step", night, one.cause, one.tasks)
            desk.note_outcome(f"{one.family}, the API is looked after", outcome)
