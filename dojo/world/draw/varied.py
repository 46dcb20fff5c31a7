"""A drawn night with what is true of it, and how it is varied: read earlier, or with a run more.

The variations have no recording of their own: each says for which family it is.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from typing import Any

Row = dict[str, Any]

OVER_A_CHANGE = "over_a_change"


@dataclasses.dataclass(frozen=True)
class RecordedNight:
    """A night, and what is true of it.

    Attributes:
        family: What was planted: `stale_features`.
        night: What a solution is given.
        first: For each run the id of its first failure, or None.
        failure: That of tonight's run that began last.
        cause: The kind, and the id where it sits.
        tasks: Names of tasks by what is to become of them: `by_hand`, `keep`, `again`.
        step: What is to be done next.
    """

    family: str
    night: Row
    first: dict[str, str | None]
    failure: str | None
    cause: tuple[str, str]
    tasks: dict[str, list[str]]
    step: str

    def with_another_before_the_last_sign(self) -> RecordedNight:
        """Return it where tonight's second run began 10 s before the last sign of the first.

        For `lost_then_rerun`.
        """
        night = copy.deepcopy(self.night)
        runs = [run for run in night["runs"] if run["parameters"] == night["parameters"]]
        (lost,) = (run for run in runs if run["states"][-1]["type"] == "RUNNING")
        (other,) = (run for run in runs if run is not lost)
        rows = [state for task in other["tasks"] for state in task["states"]]
        rows += [*other["states"], *(one for one in night["heartbeats"] if _is_of(one, other))]
        rows += [one for one in night["requests"] if _is_of(one, other)]
        last = max(_time(one) for one in night["heartbeats"] if one["run"] == lost["id"])
        began = min(_time(one) for one in other["states"] if one["type"] == "RUNNING")
        for one in rows:
            one["at"] = (_time(one) + (last - began) - dt.timedelta(seconds=10)).isoformat()
        return dataclasses.replace(self, night=night, cause=("twice", other["id"]))

    def with_another_stale_task(self) -> RecordedNight:
        """Return it where what was made of the stale result came from the cache as well.

        For `stale_features_unseen`.
        """
        night = copy.deepcopy(self.night)
        tasks = [task for run in night["runs"] for task in run["tasks"]]
        (made,) = (
            run for run in night["runs"] if any(_is_at(one, self.cause) for one in run["tasks"])
        )
        later = next(one for one in made["tasks"] if self.cause[1] in one["upstream"])
        later["states"][-1]["name"] = "Cached"
        for one in tasks:
            if one["name"] == later["name"]:
                one["result"] = "results/of-both"
        return dataclasses.replace(self, night=night)

    def with_crash_before_the_other(self) -> RecordedNight:
        """Return it where the first run was set to Crashed 5 s before the second one began.

        For what `with_another_before_the_last_sign` returns: its process worked on.
        """
        night = copy.deepcopy(self.night)
        lost, other = _tonights(night)
        began = min(_time(one) for one in other["states"] if _runs(one))
        at = began - dt.timedelta(seconds=5)
        lost["states"].append(_state("CRASHED", "Crashed", at))
        return dataclasses.replace(self, night=night)

    def with_way_through_others(self) -> RecordedNight:
        """Return it where what was made of the cause's result was made by way of another run.

        For a night whose cause sits in a task run of which others were made.
        """
        night = copy.deepcopy(self.night)
        where = self.cause[1]
        tasks = [task for run in night["runs"] for task in run["tasks"]]
        (spoilt,) = (task for task in tasks if _is_at(task, self.cause))
        between = {**copy.deepcopy(spoilt), "id": where[::-1], "upstream": [where], "result": None}
        at = _time(spoilt["states"][-1])
        between["states"] = [_state("RUNNING", "Running", at), _state("COMPLETED", "Completed", at)]
        for task in tasks:
            task["upstream"] = [between["id"] if one == where else one for one in task["upstream"]]
        others = copy.deepcopy(next(run for run in night["runs"] if spoilt in run["tasks"]))
        others |= {"id": others["id"][::-1], "tasks": [between]}
        others["parameters"]["region"] = "of the others"
        night["runs"].append(others)
        return dataclasses.replace(self, night=night)

    def with_new_effect(self) -> RecordedNight:
        """Return it where no earlier night had the effect in which the worker died.

        For `lost_while_promoting`.
        """
        night = copy.deepcopy(self.night)
        tonight = [task for run in _tonights(night) for task in run["tasks"]]
        (new,) = (one["name"] for one in tonight if "effect" in one["tags"] and _runs(_last(one)))
        for run in night["runs"]:
            if run["parameters"] != night["parameters"]:
                run["tasks"] = [one for one in run["tasks"] if one["name"] != new]
        return dataclasses.replace(self, night=night)

    def with_answer_before_its_end(self) -> RecordedNight:
        """Return it where others were answered after the last request, before the task run's end.

        For `outage` and `no_answer`.
        """
        night = copy.deepcopy(self.night)
        asked = [one for one in night["requests"] if one["task"] == self.cause[1]]
        last = max(asked, key=_time)
        ends = [
            _last(one) for run in night["runs"] for one in run["tasks"] if _is_at(one, self.cause)
        ]
        at = _time(last) + (_time(ends[0]) - _time(last)) / 2
        answer = {
            "task": last["task"][::-1],
            "path": "/contracts",
            "columns": ["id"],
            "version": "v1",
        }
        night["requests"].append({**answer, "at": at.isoformat(), "status": 200})
        step = "look" if self.tasks["by_hand"] else "rerun" if self.tasks["again"] else "nothing"
        return dataclasses.replace(self, night=night, step=step)

    def with_effect_between_tries(self) -> RecordedNight:
        """Return it where the effect in which the worker died was waiting for its next try.

        For `lost_while_promoting`.
        """
        night = copy.deepcopy(self.night)
        runs = _tonights(night)
        for task in (one for run in runs for one in run["tasks"] if "effect" in one["tags"]):
            if task["states"][-1]["type"] == "RUNNING":
                at = _time(task["states"][-1]) + dt.timedelta(seconds=0.5)
                task["states"].append(_state("SCHEDULED", "AwaitingRetry", at))
        return dataclasses.replace(self, night=night)

    def with_rerun_of_the_rest(self) -> RecordedNight:
        """Return it where another run did what had failed, and was made Crashed when all was done.

        For `effect_fails`: that run has one task run, of the effect.
        """
        night = copy.deepcopy(self.night)
        (run,) = _tonights(night)
        (effect,) = (task for task in run["tasks"] if task["id"] == self.failure)
        begin = _time(run["states"][-1])
        at = [begin + dt.timedelta(seconds=60 * number) for number in range(1, 7)]
        states = [_state("PENDING", "Pending", at[1]), _state("RUNNING", "Running", at[2])]
        done = {**effect, "id": effect["id"][::-1]}
        done["states"] = [*states, _state("COMPLETED", "Completed", at[3])]
        rerun = {**run, "id": run["id"][::-1], "tasks": [done]}
        rerun["states"] = [_state("RUNNING", "Running", at[0]), _state("CRASHED", "Crashed", at[4])]
        night["runs"].append(rerun)
        night["taken_at"] = (at[5] + dt.timedelta(hours=1)).isoformat()
        tasks = {
            "by_hand": self.tasks["by_hand"],
            "keep": sorted([*self.tasks["keep"], effect["name"]]),
            "again": [name for name in self.tasks["again"] if name != effect["name"]],
        }
        step = "rerun" if tasks["again"] else "nothing"
        first = {**self.first, rerun["id"]: None}
        true: Row = {"failure": None, "cause": ("nothing", ""), "tasks": tasks, "step": step}
        return dataclasses.replace(self, night=night, first=first, **true)

    def with_first_still_at_work(self) -> RecordedNight:
        """Return it as it was read when tonight's second run had failed, and the first had not.

        For `two_at_once`.
        """
        night = copy.deepcopy(self.night)
        first, second = _tonights(night)
        (failed,) = (task for task in second["tasks"] if task["id"] == self.failure)
        end = _time(failed["states"][-1]) + dt.timedelta(seconds=1)
        second["states"][-1]["at"] = end.isoformat()
        for row in (first, *first["tasks"]):
            row["states"] = [one for one in row["states"] if _time(one) < end]
        first["tasks"] = [task for task in first["tasks"] if task["states"]]
        beats = [one for one in night["heartbeats"] if _time(one) < end]
        night["heartbeats"] = [*beats, {"run": first["id"], "at": end.isoformat()}]
        night["taken_at"] = (end + dt.timedelta(seconds=5)).isoformat()
        ends = [task for run in (first, second) for task in run["tasks"]]
        done = {task["name"] for task in ends if task["states"][-1]["type"] == "COMPLETED"}
        keep = [name for name in self.tasks["keep"] if name in done]
        tasks: dict[str, list[str]] = {"by_hand": [], "keep": keep, "again": []}
        return dataclasses.replace(self, night=night, tasks=tasks, step="wait")


def nights_over_a_change() -> list[RecordedNight]:
    """Make two nights in Paris over a change of clocks: one alive after 40 s, one lost for an hour.

    By the wall clock the first has been silent for an hour, the second for seconds.
    """
    found = []
    for family, date, began, sign, taken, is_lost in (
        ("alive", "2026-03-29", "00:58:00", "00:59:50", "01:00:30", False),
        ("lost", "2026-10-25", "00:58:00", "00:59:50", "01:59:55", True),
    ):
        at = {one: dt.datetime.fromisoformat(f"{date}T{one}+00:00") for one in (began, sign, taken)}
        due = "01:58" if not is_lost else "02:58"
        day = dt.timedelta(days=1)
        earlier = (dt.date.fromisoformat(date) - day).isoformat()
        task: dict[str, Any] = {"name": "load_rows", "tags": [], "upstream": [], "result": None}
        runs: list[dict[str, Any]] = [
            {
                "id": f"of-{night}",
                "name": f"of {night}",
                "parameters": {"night": night, "region": "eu"},
                "due": moment.isoformat(),
                "states": [_state(name.upper(), name, moment) for name in names],
                "tasks": [
                    {
                        **task,
                        "id": f"load-{night}",
                        "states": [_state(names[-1].upper(), names[-1], moment)],
                    }
                ],
            }
            for night, moment, names in (
                (earlier, at[began] - day, ("Running", "Completed")),
                (date, at[began], ("Running",)),
            )
        ]
        night = {
            "parameters": runs[1]["parameters"],
            "timezone": "Europe/Paris",
            "due": due,
            "taken_at": at[taken].isoformat(),
            "runs": runs,
            "heartbeats": [{"run": runs[1]["id"], "at": at[sign].isoformat()}],
            "requests": [],
        }
        found.append(
            RecordedNight(
                f"{family}_{OVER_A_CHANGE}",
                night,
                {one["id"]: None for one in runs},
                None,
                ("worker", runs[1]["id"]) if is_lost else ("nothing", ""),
                {"by_hand": [], "keep": [], "again": ["load_rows"] if is_lost else []},
                "rerun" if is_lost else "wait",
            )
        )
    return found


def _tonights(night: Row) -> list[Row]:
    """Return tonight's runs, the one that began first before the others."""
    runs = [run for run in night["runs"] if run["parameters"] == night["parameters"]]
    return sorted(runs, key=lambda run: min(_time(one) for one in run["states"] if _runs(one)))


def _runs(state: Row) -> bool:
    return bool(state["type"] == "RUNNING")


def _last(row: Row) -> Row:
    state: Row = row["states"][-1]
    return state


def _state(kind: str, name: str, at: dt.datetime) -> Row:
    return {"type": kind, "name": name, "at": at.isoformat(), "message": ""}


def _time(row: Row) -> dt.datetime:
    return dt.datetime.fromisoformat(row["at"])


def _is_at(task: Row, cause: tuple[str, str]) -> bool:
    return bool(task["id"] == cause[1])


def _is_of(row: Row, run: Row) -> bool:
    """Say whether a heartbeat or a request is of a run."""
    tasks = {one["id"] for one in run["tasks"]}
    return row.get("run") == run["id"] or row.get("task") in tasks
