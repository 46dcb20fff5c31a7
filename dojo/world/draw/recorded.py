"""Draw recorded nights anew: other ids, names, dates, offsets and orders; what was true stays true.

Kata 17 keeps nights that real runs left (docs/make_nights.py), in a short form: ids are `r0` and
`r0.F`, moments are seconds after midnight of the night by the wall clock there. No night is handed
out as it lies there, so nobody can know one by heart.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dojo.world.draw.innocents import with_innocents
from dojo.world.draw.varied import RecordedNight

Row = dict[str, Any]

_VERBS = ("load", "build", "check", "merge", "fit", "rank", "send", "store", "clean", "split")
_THINGS = ("rows", "scores", "contracts", "tables", "models", "features", "calls", "accounts")
_SIGNS = "0123456789abcdef"
_MOST_DAYS = 700
_OFFSETS_H = (0, 0, -5, 1, 2, 5.5)


def recorded_nights_in(path: Path) -> list[Row]:
    """Read kept nights, in their short form."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def drawn_night(kept: Row, rng: random.Random) -> RecordedNight:
    """Draw a kept night anew.

    Args:
        kept: A line of what is kept.
        rng: Draws.

    Returns:
        The night. Its clock times are those of the kept one, as far from a change of clocks.
    """
    kept = with_innocents(kept, rng)
    drawing = _Drawing(kept, rng)
    truth = kept["truth"]
    tonight = {"night": 0, "region": kept["region"]}
    runs = [run for run in kept["runs"] if run["parameters"] == tonight]
    last = max(runs, key=_began)
    return RecordedNight(
        kept["family"],
        drawing.night(),
        {drawing.ids[run]: drawing.id(task) for run, task in truth["first"].items()},
        drawing.id(truth["first"][last["id"]]),
        (truth["cause"][0], drawing.id(truth["cause"][1]) or ""),
        {
            kind: sorted(drawing.names[name] for name in truth[kind])
            for kind in ("by_hand", "keep", "again")
        },
        truth["next"],
    )


def _began(kept: Row) -> float:
    return min(float(at) for kind, _, at, _ in kept["states"] if kind == "RUNNING")


class _Drawing:
    """One night that is drawn anew."""

    def __init__(self, kept: Row, rng: random.Random) -> None:
        self._kept, self._rng = kept, rng
        self._zone = ZoneInfo(kept["timezone"])
        self._date = self._draw_date()
        found = [one["id"] for run in kept["runs"] for one in (run, *run["tasks"])]
        self.ids = {one: self._draw_id() for one in found}
        names = sorted({task["name"] for run in kept["runs"] for task in run["tasks"]})
        pairs = [f"{verb}_{thing}" for verb in _VERBS for thing in _THINGS]
        drawn = rng.sample(pairs, len(names))
        self.names = dict(zip(names, drawn, strict=True))
        self._words: dict[str, str] = {}

    def id(self, known: str | None) -> str | None:
        return self.ids[known] if known else None

    def night(self) -> Row:
        kept = self._kept
        return {
            "parameters": self._parameters({"night": 0, "region": kept["region"]}),
            "timezone": kept["timezone"],
            "due": kept["due"],
            "taken_at": self._moment(kept["taken_at"]),
            "runs": self._shuffled([self._run(run) for run in kept["runs"]]),
            "heartbeats": self._shuffled(
                [
                    {"run": self.ids[run], "at": self._moment(at)}
                    for run, beats in kept["heartbeats"].items()
                    for at in beats
                ]
            ),
            "requests": self._shuffled([self._request(one) for one in kept["requests"]]),
        }

    def _draw_date(self) -> dt.date:
        """Draw a date; that of a night at which, or after which, clocks change is kept."""
        date = dt.date.fromisoformat(self._kept["date"])
        if self._kept["truth"]["cause"][0] == "clock":
            return date
        while True:
            drawn = date + dt.timedelta(days=self._rng.randint(-_MOST_DAYS, _MOST_DAYS))
            around = [drawn + dt.timedelta(days=days) for days in range(-3, 3)]
            if len({self._midnight(one).utcoffset() for one in around}) == 1:
                return drawn

    def _midnight(self, date: dt.date) -> dt.datetime:
        return dt.datetime.combine(date, dt.time(), self._zone)

    def _draw_id(self) -> str:
        signs = "".join(self._rng.choices(_SIGNS, k=32))
        return "-".join((signs[:8], signs[8:12], signs[12:16], signs[16:20], signs[20:]))

    def _moment(self, seconds: float) -> str:
        """Write a moment, at an offset as another tool would have it."""
        at = self._midnight(self._date).astimezone(dt.timezone.utc) + dt.timedelta(seconds=seconds)
        offset = dt.timedelta(hours=self._rng.choice(_OFFSETS_H))
        return at.astimezone(dt.timezone(offset)).isoformat()

    def _parameters(self, kept: Row) -> Row:
        date = self._date + dt.timedelta(days=kept["night"])
        return {"night": date.isoformat(), "region": self._word(kept["region"])}

    def _word(self, known: str) -> str:
        """Return what stands for a word in this night: always the same."""
        if known not in self._words:
            self._words[known] = f"{known}-{self._rng.randrange(10**6)}"
        return self._words[known]

    def _shuffled(self, rows: list[Row]) -> list[Row]:
        self._rng.shuffle(rows)
        return rows

    def _run(self, kept: Row) -> Row:
        return {
            "id": self.ids[kept["id"]],
            "name": self._word(kept["name"]),
            "parameters": self._parameters(kept["parameters"]),
            "due": self._moment(kept["due"]),
            "states": self._states(kept["states"]),
            "tasks": self._shuffled([self._task(one) for one in kept["tasks"]]),
        }

    def _states(self, kept: list[list[Any]]) -> list[Row]:
        return [
            {"type": kind, "name": name, "at": self._moment(at), "message": self._text(message)}
            for kind, name, at, message in kept
        ]

    def _text(self, message: str) -> str:
        for known, drawn in self.ids.items():
            message = message.replace(f"<{known}>", drawn)
        return message

    def _task(self, kept: Row) -> Row:
        return {
            "id": self.ids[kept["id"]],
            "name": self.names[kept["name"]],
            "tags": kept["tags"],
            "states": self._states(kept["states"]),
            "upstream": sorted(self.ids[one] for one in kept["upstream"]),
            "result": kept["result"] and self._word(kept["result"]),
        }

    def _request(self, kept: Row) -> Row:
        columns = [self._word(one) for one in kept["columns"]]
        self._rng.shuffle(columns)
        return {
            "at": self._moment(kept["at"]),
            "task": self.ids[kept["task"]],
            "path": self._word(kept["path"]),
            "status": kept["status"],
            "columns": columns,
            "version": kept["version"] and self._word(kept["version"]),
        }
