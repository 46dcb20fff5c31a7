"""A night as it is kept: short ids, and moments of seconds that become those of half an hour."""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from nights.pipeline import Api

# How many seconds of a night a real one becomes.
STRETCH = 500


class Night:
    """A night that is being recorded, and how its seconds become those of a night."""

    zone = ZoneInfo("Europe/Paris")

    def __init__(
        self, family: str, date: str, names: dict[str, str], planned: dict[str, Any]
    ) -> None:
        """Begin a night."""
        self.family, self.date, self.names, self.planned = family, date, names, planned
        self.made: list[dict[str, Any]] = []
        self._place = tempfile.TemporaryDirectory(prefix="nights-")
        self.folder = self._place.name

    def begin(self, number: int, plan: dict[str, Any], api: Api) -> dict[str, Any]:
        """Plan a run; 0 is the earlier night's."""
        label = f"{self.family}-{id(self)}-{number}"
        api.plans[label] = list(plan["answers"])
        offset = plan.get("offset", 0)
        wall = plan["at"] or "02:30"
        due = plan.get("due") or "02:30"
        made = {
            "number": number,
            "parameters": {
                "night": str(datetime.fromisoformat(self.date).date() + timedelta(days=offset)),
                "region": plan.get("region", "eu"),
            },
            "offset": offset,
            "begins": self._seconds(offset, wall, plan.get("fold", 0)),
            "due": self._seconds(offset, "02:30" if due == "fold" else due, int(due == "fold")),
            "name": f"run-{number}",
            "names": self.names,
            "first": plan.get("first"),
            "plan": {
                **plan,
                "label": label,
                "api": api.url,
                "mark": f"{self.folder}/{number}",
                "key": f"{self.family}-{id(self)}-{plan.get('key', number)}",
            },
        }
        self.made.append(made)
        return made

    def _seconds(self, offset: int, wall: str, fold: int) -> float:
        """Return how long after the night's midnight a time of the wall clock is."""
        day = datetime.fromisoformat(self.date) + timedelta(days=offset)
        hour, minute = map(int, wall.split(":"))
        at = day.replace(hour=hour, minute=minute, fold=fold, tzinfo=self.zone)
        begin = datetime.fromisoformat(self.date).replace(tzinfo=self.zone)
        return (at.astimezone(timezone.utc) - begin.astimezone(timezone.utc)).total_seconds()

    def kept(
        self, rows: list[dict[str, Any]], requests: list[dict[str, Any]], rng: random.Random
    ) -> dict[str, Any]:
        """Return the night in its short form, with what is true of it."""
        keys = {name: key for key, name in self.names.items()}
        short = {}
        for made, row in zip(self.made, rows, strict=True):
            short[row["id"]] = f"r{made['number']}"
            for task in row["tasks"]:
                # One that never began has its default name: the task's, and a few signs.
                name = task["name"]
                if name not in keys:
                    name = task["name"] = name.rsplit("-", 1)[0]
                short[task["id"]] = f"r{made['number']}.{keys[name]}"
        clocks: list[tuple[float, float]] = []
        runs: list[dict[str, Any]] = []
        beats: dict[str, list[float]] = {}
        results: dict[str, str] = {}
        for made, row in zip(self.made, rows, strict=True):
            began = next(_epoch(s["at"]) for s in row["states"] if s["type"] == "RUNNING")
            is_joined = clocks and self.made[len(clocks) - 1]["plan"].get("with_next")
            clocks.append(clocks[-1] if is_joined else (began, made["begins"]))
            runs.append(self._kept_run(made, row, short, clocks[-1], results))
            end = _moved(made["ended"], clocks[-1]) if self._has_no_end(row) else None
            states = [*runs[-1]["states"], *(s for t in runs[-1]["tasks"] for s in t["states"])]
            began = next(at for kind, _, at, _ in runs[-1]["states"] if kind == "RUNNING")
            last = end or max(at for kind, _, at, _ in states if kind != "CRASHED")
            beats[runs[-1]["id"]] = [
                round(began + 30 * n, 3) for n in range(int((last - began) // 30) + 1)
            ]
            made["last"] = (
                max(last, beats[runs[-1]["id"]][-1])
                if not end
                else max(
                    [
                        beats[runs[-1]["id"]][-1],
                        *(at for kind, _, at, _ in states if kind != "CRASHED"),
                    ]
                )
            )
        of = {made["plan"]["label"]: clock for made, clock in zip(self.made, clocks, strict=True)}
        last = max(made["last"] for made in self.made)
        wait = rng.uniform(1, 85) if self.planned.get("is_alive") else rng.uniform(95, 9000)
        truth = self.planned["truth"]
        where = truth["cause"][1]
        ours = [
            made for made in self.made if made["number"] and made["parameters"]["region"] == "eu"
        ]
        sits = f"r{int(where[4:]) + 1}" if where.startswith("run ") else ""
        sits = sits or (where and f"r{ours[-1]['number']}.{where}")
        return {
            "family": self.family,
            "date": self.date,
            "timezone": "Europe/Paris",
            "due": "02:30",
            "region": "eu",
            "taken_at": round(last + wait, 3),
            "runs": runs,
            "heartbeats": beats,
            "requests": [
                {
                    "at": _moved(_epoch(one["at"]), of[one["run"]]),
                    "task": short[one["task"]],
                    **{key: one[key] for key in ("path", "status", "columns", "version")},
                }
                for one in requests
                if one["run"] in of
            ],
            "truth": {
                "first": {
                    f"r{made['number']}": made["first"] and f"r{made['number']}.{made['first']}"
                    for made in self.made
                },
                "cause": [truth["cause"][0], sits],
                **{
                    kind: sorted(self.names[key] for key in truth[kind])
                    for kind in ("by_hand", "keep", "again")
                },
                "next": truth["next"],
            },
        }

    @staticmethod
    def _has_no_end(row: dict[str, Any]) -> bool:
        return bool(row["states"][-1]["type"] == "RUNNING") or bool(
            row["states"][-1]["type"] == "CRASHED" and row["states"][-2]["type"] == "RUNNING"
        )

    @staticmethod
    def _kept_run(
        made: dict[str, Any],
        row: dict[str, Any],
        short: dict[str, str],
        clock: tuple[float, float],
        results: dict[str, str],
    ) -> dict[str, Any]:
        def states(rows: list[dict[str, Any]]) -> list[list[Any]]:
            found = []
            for one in rows:
                message = one["message"]
                for known, name in short.items():
                    message = message.replace(known, f"<{name}>")
                found.append([one["type"], one["name"], _moved(_epoch(one["at"]), clock), message])
            return found

        return {
            "id": short[row["id"]],
            "name": row["name"],
            "parameters": {"night": made["offset"], "region": made["parameters"]["region"]},
            "due": made["due"],
            "states": states(row["states"]),
            "tasks": [
                {
                    "id": short[task["id"]],
                    "name": task["name"],
                    "tags": task["tags"],
                    "upstream": sorted(short[one] for one in task["upstream"]),
                    "result": task["result"]
                    and results.setdefault(task["result"], f"result-{len(results)}"),
                    "states": states(task["states"]),
                }
                for task in sorted(row["tasks"], key=lambda one: short[one["id"]])
            ],
        }


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _moved(at: float, clock: tuple[float, float]) -> float:
    """Move a real moment into the night; the clock is that of its run."""
    began, begins = clock
    return round(begins + (at - began) * STRETCH, 3)
