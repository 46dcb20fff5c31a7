"""Examine 15_automation: drawn moments, arrivals, settings and failures.

What a tick asks for is told from inside. What the chat was told, and of which run, is read outside.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from dojo.exam.shared.history import read_history
from dojo.exam.stage import Desk, examines

_LONGEST_MESSAGE = 400
_CHANGES = ("2026-03-29", "2026-10-25")  # the clocks in Paris


def _moments(desk: Desk) -> list[datetime.datetime]:
    """Draw moments of 2026 that are over, one in winter, one in summer; and the clocks' changes."""
    drawn = [datetime.datetime(2026, month, desk.rng.randint(1, 28)) for month in (2, 7)]
    drawn += [datetime.datetime.fromisoformat(desk.rng.choice(_CHANGES))]
    desk.rng.shuffle(drawn)
    return [moment.replace(tzinfo=datetime.timezone.utc) for moment in drawn]


@examines(1)
def ticks_of_drawn_days(desk: Desk) -> None:
    """Ask for the ticks around drawn days, and around one on which the clocks change."""
    moments = [
        str(moment - datetime.timedelta(minutes=desk.rng.randint(1, 600)))
        for moment in _moments(desk)
    ]
    desk.note_outcome("the schedule", desk.run_with("ticks_after", moments))


@examines(1)
def nights_evaluated_late_and_twice(desk: Desk) -> None:
    """Evaluate the ticks of drawn nights twice, in a drawn order."""
    paris = {"2026-03-29": 1, "2026-10-25": 2}  # 3:00, in UTC
    moments: list[str] = []
    for night in _moments(desk):
        hour = paris.get(str(night.date()), 2 if night.month == 2 else 1)
        moments += [night.replace(hour=hour).isoformat()] * 2
    desk.rng.shuffle(moments)
    outcome = desk.run_with("evaluate_nights", moments)
    if not isinstance(outcome.returned, list):
        desk.note_outcome("the nights", outcome)
        return
    keys: dict[Any, set[Any]] = {}
    for number, (moment, asked) in enumerate(zip(moments, outcome.returned, strict=True), start=1):
        desk.note(f"evaluation {number}, of {moment}", [day for day, _ in asked])
        keys.setdefault(moment, set()).update(key for _, key in asked)
    desk.note("each night has one run key", [len(one - {None}) for one in keys.values()])
    desk.note("no other night has it", len(set().union(*keys.values())))


@examines(2)
def arrivals_and_corrections(desk: Desk) -> None:
    """Have exports arrive in an order of their own, be corrected, and the cursor be lost."""
    rng = desk.rng
    numbers = rng.sample(range(10**6), 6)
    names = [f"{rng.choice('abmz')}{number}.csv" for number in numbers]
    times = sorted(rng.sample(range(10**9, 10**15), 8))
    first, second = names[:3], names[3:5]
    script: list[list[Any]] = [["tick"]]
    arriving = [["arrive", name, at] for name, at in zip(first, times, strict=False)]
    arriving += [["arrive", f"{names[5]}.part", times[3]]]
    rng.shuffle(arriving)
    script += [*arriving, ["tick"], ["tick"]]
    arriving = [["arrive", name, at] for name, at in zip(second, times[4:], strict=False)]
    arriving += [["rename", f"{names[5]}.part", names[5]]]
    rng.shuffle(arriving)
    script += [*arriving, ["arrive", f"{names[0]}.txt", times[7]], ["tick"]]
    script += [["arrive", rng.choice(first), times[6]], ["tick"], ["lose"], ["tick"], ["tick"]]
    outcome = desk.run_with("watch_inbox", script)
    if not isinstance(outcome.returned, dict):
        desk.note_outcome("the sensor", outcome)
        return
    desk.note("it is deployed as", outcome.returned["deployed as"])
    for number, (exports, cursor, is_told) in enumerate(outcome.returned["ticks"], start=1):
        desk.note(f"tick {number} asks for", exports)
        desk.note(f"tick {number} asks, or says why not", is_told)
        if exports:
            desk.note(f"cursor after tick {number}", cursor)


@examines(3)
def what_is_stale_is_made(desk: Desk) -> None:
    """Deploy drawn settings, the same in another order, others; make the customers again."""
    rng = desk.rng
    names = [f"setting_{number}" for number in rng.sample(range(1000), 4)]
    inner = {f"column_{number}": rng.randint(2, 50) for number in rng.sample(range(1000), 3)}
    settings: dict[str, Any] = {names[0]: inner, names[1]: rng.choice(("mean", "median"))}
    settings |= {names[2]: [rng.randint(2, 9) for _ in range(3)], names[3]: None}
    same = {key: settings[key] for key in reversed(settings)}
    same[names[0]] = {key: inner[key] for key in reversed(inner)}
    changed = rng.choice(list(inner))
    others = {**settings, names[0]: {**inner, changed: inner[changed] + 100}}
    script: list[list[Any]] = [
        ["make", settings],
        ["ask", settings],
        ["ask", same],
        ["make", settings, "customers"],
        ["ask", same],
        ["make", settings, "features", "churn_model"],
        ["ask", settings],
        ["ask", others],
        ["make", others, "features", "churn_model"],
        ["ask", others],
    ]
    desk.note_outcome("it asks for", desk.run_with("deploy", script))


@examines(4)
def a_failure_is_told(desk: Desk) -> None:
    """Fail in drawn steps, for drawn reasons of two lines each."""
    rng = desk.rng
    numbers = rng.sample(range(10**6), 5)
    job = f"job_{numbers[0]}"
    failures = {
        f"step_{number}": f"no table {rng.randrange(10**9)}\nand line {rng.randrange(10**9)}"
        for number in numbers[1 : rng.randint(3, 4)]
    }
    outcome = desk.run_with("fail", job, failures)
    desk.note_outcome("the alert is deployed as", outcome)
    if outcome.raised == "NotImplementedError":
        return
    lines = _lines(desk, "chat.txt")
    text = lines[0] if lines else ""
    runs = read_history(desk)
    desk.note("messages", len(lines))
    desk.note("calls of the chat that was down", len(_lines(desk, "dead.txt")))
    desk.note("it names the job", job in text)
    desk.note("it names the run", [run.id in text for run in runs])
    for step, error in failures.items():
        told, _, more = error.partition("\n")
        desk.note(f"it names {step}, why, and no more", [step in text, told in text, more in text])
    noise = "Traceback" in text or "Stack Trace" in text or len(text) >= _LONGEST_MESSAGE
    desk.note("it has a stack in it", noise)


def _lines(desk: Desk, name: str) -> list[str]:
    data = desk.read(str(Path("work") / desk.folder.name / name)) or b""
    return data.decode("utf-8", errors="replace").splitlines()
