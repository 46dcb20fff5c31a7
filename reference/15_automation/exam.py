"""Examine 15_automation: drawn moments, arrivals, settings and failures.

What a tick asks for is told from inside. What the chat was told is read outside.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk, examines
from dojo.world.draw import Draw
from dojo.world.draw import qualities as q

_LONGEST_MESSAGE, _LONGEST_OF_A_STEP = 400, 80
_CHANGES = ("2026-03-29", "2026-10-25")  # the clocks in Paris
# Two names each with one checksum of 32 bits: CRC-32, Adler-32.
_SAME_CHECKSUM = ("plumless", "buckeroo", "manual__120", "manual__201")
_IN_PARIS = datetime.timedelta(hours=1)
_DAY = datetime.timedelta(days=1)
# Half past two for the first time of two, on the day on which the clocks go back.
_HALF_PAST_TWO = 1_792_888_200 * 10**9


def _moments(desk: Desk) -> list[datetime.datetime]:
    """Draw moments of 2026, one in winter, one in summer; and the clocks' changes."""
    drawn = [datetime.datetime(2026, month, desk.rng.randint(1, 28)) for month in (2, 7)]
    drawn += [datetime.datetime.fromisoformat(desk.rng.choice(_CHANGES))]
    desk.rng.shuffle(drawn)
    return [moment.replace(tzinfo=datetime.timezone.utc) for moment in drawn]


@examines(1, rests_on=("answer",))
def ticks_of_drawn_days(desk: Desk) -> None:
    """Ask for the ticks after drawn moments, and of a year and more: all weekdays, all months."""
    moments = [
        str(moment - datetime.timedelta(minutes=desk.rng.randint(1, 600)))
        for moment in _moments(desk)
    ]
    desk.note_outcome("the schedule", desk.run_with("ticks_after", moments, 3))
    year = desk.run_with("ticks_after", [f"{desk.rng.randint(2026, 2028)}-02-25T12:00+00:00"], 400)
    desk.note_outcome("the schedule of a year", year)


@examines(1, rests_on=("answer", "word"))
def nights_evaluated_late_and_twice(desk: Desk) -> None:
    """Evaluate the ticks of drawn nights twice, in a drawn order: each must have its own run."""
    paris = {"2026-03-29": 1, "2026-10-25": 2}  # 3:00, in UTC
    nights = [night.replace(hour=paris.get(str(night.date()), 0)) for night in _moments(desk)]
    nights = [one if one.hour else one.replace(hour=2 if one.month == 2 else 1) for one in nights]
    winter = next(night for night in nights if night.month == 2)
    # The same day of the week, of the month, of the year; and around New Year.
    nights += [winter + _DAY * days for days in (1, 7, 28, 365, 371)]
    new_year = datetime.datetime(2027, 1, 1, 2, tzinfo=datetime.timezone.utc)
    nights += [new_year, new_year + _DAY, new_year + 2 * _DAY, new_year - 364 * _DAY]
    nights += [datetime.datetime(2028, 3, 1, 2, tzinfo=datetime.timezone.utc)]
    moments = list(dict.fromkeys(night.isoformat() for night in nights))
    desk.rng.shuffle(moments)
    outcome = desk.run_with("evaluate_nights", moments)
    if not isinstance(outcome.returned, list):
        desk.note_outcome("the nights", outcome)
        return
    desk.note("answers", len(outcome.returned))
    keys: dict[Any, set[Any]] = {moment: set() for moment in moments}
    for number, moment in enumerate(moments):
        both = [outcome.returned[number], outcome.returned[number + len(moments)]]
        desk.note(f"the night of {moment}", [[day for day, *_ in asked] for asked in both])
        desk.note(f"all of {moment}", [[less for *_, less in asked] for asked in both])
        keys[moment] |= {key for asked in both for _, key, _ in asked}
    desk.note("each night has one run key", [len(one - {None}) for one in keys.values()])
    desk.note("no other night has it", len(set().union(*keys.values())))


def _arrivals(desk: Desk, names: list[str], at: int) -> list[list[Any]]:
    """Have files arrive, each a nanosecond after the one before, in another order."""
    arriving: list[list[Any]] = [["arrive", name, at + more] for more, name in enumerate(names)]
    desk.rng.shuffle(arriving)
    return arriving


@examines(2, rests_on=("answer", "word"))
def arrivals_and_corrections(desk: Desk) -> None:
    """Have exports of all names arrive, be corrected, come in between; and the cursor be lost."""
    rng = desk.rng
    at = rng.randrange(1_800 * 10**15, 1_900 * 10**15)
    drawn = Draw(rng.getrandbits(64)).names(signs=r"[^/\0.]", tame=[q.CAPITALS]).values()
    first = [f"{name}.csv" for name in drawn]
    rng.shuffle(first)
    second = [f"{rng.choice('abmz')}{number}.csv" for number in rng.sample(range(10**6), 3)]
    many = [f"{number}.csv" for number in rng.sample(range(10**6), rng.randint(2050, 2100))]
    script: list[list[Any]] = [["tick"]]
    script += [["arrive", second[0], _HALF_PAST_TWO], ["tick"]]
    script += [["arrive", second[0], _HALF_PAST_TWO + 3600 * 10**9], ["tick"]]
    script += [*_arrivals(desk, first, at), ["arrive", "half.csv.part", at + 900]]
    script += [["arrive", "mycsv", at + 901], ["arrive", "a.CSV.txt", at + 902]]
    script += [["rehearse"], ["rehearse"], ["tick"], ["tick"]]
    script += [["rename", "half.csv.part", "half.csv"], *_arrivals(desk, second, at + 1000)]
    script += [["tick"]]
    corrected = sum(one[0] in ("tick", "rehearse") for one in script)
    both = [*rng.sample(first, 2), *(f"{name}.csv" for name in _SAME_CHECKSUM)]
    script += [["arrive", name, at + 2000] for name in both]
    script += [["tick"], ["remove", second[2]], ["tick"]]
    script += [["arrive", "early.csv", at + 3000], ["late", "late.csv", at + 3001]]
    script += [["tick"], ["tick"], *_arrivals(desk, many, at + 4000), ["tick"]]
    script += [["move"], ["lose"], ["tick"], ["tick"]]
    outcome = desk.run_with("watch_inbox", script)
    if not isinstance(outcome.returned, dict):
        desk.note_outcome("the sensor", outcome)
        return
    desk.note("it is deployed as", outcome.returned["deployed as"])
    desk.note("its run keys are long enough", outcome.returned["keys are long"])
    ticks = outcome.returned["ticks"]
    for number, seen in enumerate(ticks):
        if not (seen and isinstance(seen[0], list)):
            desk.note(f"rehearsal {number} asks for", seen)
            continue
        exports, cursor, count, says, jobs = seen
        if number == corrected:  # two at one moment: in whatever order
            exports = sorted(map(str, exports))
        desk.note(f"tick {number} asks for", exports if len(exports) < 200 else _short(exports))
        desk.note(f"cursor after tick {number}", cursor)
        desk.note(f"tick {number} is of", jobs)
        if number != len(ticks) - 2:  # whose cursor was lost
            desk.note(f"tick {number} asks, or says why not", [bool(count), says])


def _short(exports: list[Any]) -> list[Any]:
    """Return how many exports there are, the first and the last ones, and a digest of all."""
    digest = hashlib.sha256(json.dumps(exports).encode()).hexdigest()
    return [len(exports), exports[:3], exports[-3:], digest]


@examines(3, rests_on=("word",))
def what_is_stale_is_made(desk: Desk) -> None:
    """Make some of it again, deploy the same settings in another process, and others meanwhile."""
    draw = Draw(desk.rng.getrandbits(64))
    settings = draw.settings()
    others = draw.other_settings(settings, tame=[q.BOOLEANS, q.FLOAT_ONE])
    some = desk.rng.choice(list(others.values()))
    both = ["features", "churn_model"]
    none: dict[str, Any] = {}
    script: list[list[Any]] = [["make", settings], ["ask", settings], ["ask", _again(settings)]]
    script += [["make", settings, "customers"], ["ask", settings], ["make", settings, *both]]
    script += [["ask", settings], ["make", settings, "features"], ["ask", settings]]
    script += [["make", settings, "churn_model"], ["ask", settings]]
    script += [["move"], ["ask", settings], ["ask", none], ["make", none, *both], ["ask", none]]
    script += [["ask", settings], ["quiet", settings], ["meanwhile", settings, some]]
    script += [["make", some, *both], ["ask", some], ["later", some], ["fail", "features"]]
    script += [["ask", settings], ["quiet", settings], ["fail", "features"]]
    script += [["make", settings, "customers"], ["ask", settings]]
    asked = desk.run_with("deploy", script)
    if not isinstance(asked.returned, list):
        desk.note_outcome("it asks for", asked)
        return
    desk.note("it asks for", asked.returned)
    desk.note_outcome("it is", desk.run_with("describe", settings))


@examines(3, rests_on=("word",))
def any_other_setting_counts(desk: Desk) -> None:
    """Deploy settings that differ in one place, each after the first ones."""
    draw = Draw(desk.rng.getrandbits(64))
    settings = draw.settings()
    others = draw.other_settings(settings, tame=[q.BOOLEANS, q.FLOAT_ONE])
    script: list[list[Any]] = [["make", settings], ["ask", settings]]
    for changed in others.values():
        script += [["ask", changed], ["quiet", settings]]
    script += [["wipe"], ["ask", settings], ["ask", settings]]
    outcome = desk.run_with("deploy", script)
    if not isinstance(outcome.returned, list):
        desk.note_outcome("it asks for", outcome)
        return
    asked = outcome.returned
    desk.note("of the first ones", asked[0])
    for what, seen in zip(others, asked[1:-2], strict=True):
        desk.note(what, seen)
    desk.note("customers, never", ["customers" in seen for seen in asked])


@examines(4, rests_on=("outside", "word"))
def a_failure_is_told(desk: Desk) -> None:
    """Have runs fail in all ways, for drawn reasons; then while the chat is down."""
    rng = desk.rng
    numbers = rng.sample(range(10**5, 10**6), 7)
    job = f"job_{numbers[0]}"
    names = ("plain", "deep", "busy", "never", "graph", "inner")
    steps = {name: f"step_{number}" for name, number in zip(names, numbers[1:], strict=True)}
    why = {
        name: f"100% of {{rows}} %s: {rng.randrange(10**9)}\nand line {rng.randrange(10**9)}"
        for name in ("plain", "deep")
    }
    regions = [f"region_{number}" for number in rng.sample(range(10**5, 10**6), 20)]
    outcome = desk.run_with("fail", job, steps, why, regions)
    if not isinstance(outcome.returned, dict):
        desk.note_outcome("the alert", outcome)
        return
    said = outcome.returned
    desk.note("the alert is deployed as", said["deployed as"])
    desk.note("messages of each tick, and whether it failed", said["ticks"])
    desk.note("calls of the chat that was down, and whether the log says so", said["dead"])
    lines = _lines(desk, "chat.txt")
    text = lines[0] if lines else ""
    jobs = [job, "scoring", *["import_export"] * 2, job, job, *["import_export"] * 2]
    found = [
        sum(run_id in line and of in line for line in lines)
        for run_id, of in zip(said["ids"], jobs, strict=True)
    ]
    desk.note("messages that name a run and its job", found)
    keys = [steps["plain"], steps["deep"], f"{steps['graph']}.{steps['inner']}"]
    desk.note("the steps that failed", [key in text for key in keys])
    desk.note("the many that failed alike", [one in text for one in regions])
    desk.note("other steps", [steps[name] in text for name in ("busy", "never")])
    for name, error in why.items():
        told, _, more = error.partition("\n")
        desk.note(f"why {name} failed, and no more", [told in text, more in text])
    evicted = next((line for line in lines if said["ids"][-1] in line), "")
    desk.note("a step without an error is named", "import_customers" in evicted)
    longest = _LONGEST_MESSAGE + _LONGEST_OF_A_STEP * len(regions)
    noise = "Traceback" in text or "Stack Trace" in text or len(text) >= longest
    desk.note("it has a stack in it", noise)


def _again(settings: Any) -> Any:
    """Return equal settings as a file brings them back, the keys in another order."""
    return json.loads(json.dumps(settings), object_pairs_hook=lambda pairs: dict(reversed(pairs)))


def _lines(desk: Desk, name: str) -> list[str]:
    data = desk.read(str(Path("work") / desk.folder.name / name)) or b""
    return data.decode("utf-8", errors="replace").splitlines()
