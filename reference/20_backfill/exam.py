"""Examine 20_backfill: drawn deliveries, days made again, ticks of backfills, and the champion.

Features and models are made of what `inside.py` hands on, and of ticks only what Dagster has noted
is there: who errs in one task loses that task.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dojo.exam.shared.history import read_history
from dojo.exam.shared.paris import PARIS, clock_change
from dojo.exam.stage import Desk, examines

_UTC = datetime.timezone.utc
_OFFSETS = (_UTC, PARIS, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"))
_DAY = datetime.timedelta(days=1)
_TICK = datetime.timedelta(microseconds=1)
_LAST = datetime.date(2026, 3, 31)
_UNDER_WAY = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(0), PARIS).astimezone(_UTC)


def _delivery(desk: Desk, call_id: str, moment: datetime.datetime, arrived: object) -> list[Any]:
    """Write a delivery of a call: id, customer, moment as some system writes it, seconds, day."""
    rng = desk.rng
    text = moment.astimezone(rng.choice(_OFFSETS)).isoformat()
    text = text.replace("+00:00", "Z") if rng.random() < 0.5 else text
    seconds = rng.choice((0, rng.randint(1, 4000)))  # some hang up in the queue
    return [call_id, rng.choice((7, 2**60 + rng.randrange(9))), text, seconds, arrived]


@examines(1, rests_on=("answer",))
def drawn_deliveries_of_drawn_days(desk: Desk) -> None:
    """Ask for days of 23, 24 and 25 hours, of calls that are late, corrected, moved."""
    rng = desk.rng
    plain = datetime.date(2026, rng.choice((1, 2, 6, 7)), rng.randint(3, 27))
    year = rng.randint(2027, 2032)  # not each year on the same days
    days = [plain, *(clock_change(one, month) for one in (2026, year) for month in (3, 10))]
    rows: list[list[Any]] = []
    for day in days:
        start, end = _midnight(day), _midnight(day + _DAY)
        moments = [start - _TICK, start, start + _TICK, end - _TICK, end]
        moments += [start - _DAY / 48, start + _DAY / 48, end - _DAY / 48, end + _DAY / 48]
        moments += [start + (end - start) * rng.random() for _ in range(12)]
        for number, moment in enumerate(moments):
            late = rng.choice((0, 1, 2, 9, 200))
            first = str(day + late * _DAY)
            rows.append(_delivery(desk, f"{day}/{number}", moment, first))
            if rng.random() < 0.5:  # delivered again, maybe for another day
                moved = moment + rng.choice((-1, 0, 0, 1)) * _DAY
                again = str(day + (late + rng.randint(1, 30)) * _DAY)
                rows.append(_delivery(desk, f"{day}/{number}", moved, again))
        for far in (-1, 1):  # a day and a month were swapped
            elsewhere = _midnight(day + far * rng.randint(20, 200) * _DAY) + _DAY / 2
            for late, moment in enumerate([start + _DAY / 2, elsewhere][::far]):
                rows.append(_delivery(desk, f"{day}/{far}", moment, str(day + late * _DAY)))
    for call_id in (*("007", "7", "1e5", "100000", "c-7", "C-7", "NA"), "plumless", "buckeroo"):
        rows.append(_delivery(desk, call_id, _midnight(plain) + _DAY / 2, str(plain)))
    rng.shuffle(rows)
    zone = rng.choice(("America/New_York", "Asia/Tokyo"))
    for day in (*days, plain + _DAY, plain - 2 * _DAY):
        desk.note_outcome(f"the calls of {day}", desk.run_with("choose", str(day), rows, zone))
    desk.note_outcome("of no delivery", desk.run_with("choose", str(plain), [], zone))


def _calls(desk: Desk, customers: Iterable[int], count: int) -> list[list[int]]:
    """Draw calls of some customers: customer and seconds; each calls, the first once, in vain."""
    known = list(customers)
    chosen = known + [desk.rng.choice(known[1:]) for _ in range(count - len(known))]
    return [[one, desk.rng.randint(1, 4000) * (one != known[0])] for one in chosen[:count]]


def _days(desk: Desk, count: int) -> list[str]:
    """Draw days that are over for good, in their order."""
    numbers = sorted(desk.rng.sample(range(1, 85), count))
    return [str(datetime.date(2026, 1, 1) + number * _DAY) for number in numbers]


def _table(desk: Desk, query: str) -> list[list[Any]]:
    path = str(Path("work") / desk.folder.name / "store.db")
    with contextlib.suppress(sqlite3.Error), desk.database(path) as database:
        return [list(row) for row in database.execute(query)]
    return []


@examines(2, rests_on=("answer", "record"))
def days_are_made_again(desk: Desk) -> None:
    """Make days, again of other calls, of none, beside another run, and where it must fail."""
    rng = desk.rng
    four, one, three, two = _days(desk, 4)
    ids = rng.sample(range(1, 500), 20) + [2**60 + number for number in range(4)]
    some, others = ids[:14], ids[8:]
    calls = _calls(desk, some, 20)
    pair = dict(zip(some[:2], some[1::-1], strict=True))
    script: list[list[Any]] = [
        [four, calls, ""],
        [one, _calls(desk, some, 40), ""],
        [two, _calls(desk, some, 30), "overtaken"],
        [three, _calls(desk, some, 20), ""],
        [one, _calls(desk, others[: rng.randint(5, 9)], 25), ""],
        [two, _calls(desk, others, 40), "full"],
        [two, _calls(desk, others, 41), "locked"],
        [three, [], ""],
        [four, [[pair.get(one, one), seconds] for one, seconds in calls], ""],  # two are exchanged
    ]
    outcome = desk.run_with("make_days", script)
    desk.note_outcome("how it is made", outcome)
    if outcome.raised:
        return
    for number, run in enumerate(read_history(desk), start=1):
        rows = dict(run.made).get("daily_features", {}).get("rows")
        desk.note(f"run {number}", [run.partition, run.status, rows])
    desk.note("the table", _table(desk, "SELECT * FROM features ORDER BY 1, 2, 3, 4"))
    desk.note(
        "the table and who reads it",
        _table(desk, "SELECT type, name FROM sqlite_master WHERE type = 'view'")
        + _table(desk, "SELECT name, type, \"notnull\" FROM pragma_table_info('features')"),
    )


def _name(desk: Desk) -> str:
    long = "the ninety days that were counted on the day of their delivery"
    return f"{long}, {desk.rng.randint(10, 99)}"


@examines(3, rests_on=("answer",))
def a_backfill_asks_for_its_runs(desk: Desk) -> None:
    """Play ticks of a drawn range beside runs of others; end runs, lower the limit, ask again."""
    rng = desk.rng
    name, count = _name(desk), rng.randint(6, 9)
    first = clock_change(2026, 3) - rng.randint(1, count - 2) * _DAY
    days = [str(first + number * _DAY) for number in range(count)]
    asks = ["next", name, days[0], days[-1]]
    script: list[list[Any]] = [
        ["add", days[-1], "STARTED", None],
        ["add", days[0], "FAILURE", None],
        ["add", None, "FAILURE", name],
    ]
    for other in (f"{name}0", name[:-1], name.upper()):
        script += [["add", rng.choice(days), one, other] for one in ("STARTED", "SUCCESS")]
    script += [[*asks, 1], [*asks, 2], [*asks, 2], ["next", f"{name}0", *asks[2:], 9]]
    # Each status is one of a run that is under way, once.
    for at_most, status in zip((2, 3, 4, 4, 5), rng.sample(_UNDER_WAY, 5), strict=True):
        script += [[*asks, at_most], ["start", status, 1], [*asks, at_most]]
        if at_most > 2:
            script += [[*asks, 1], ["end", 0, rng.choice(_ENDED)]]
    script += [["add", day, "STARTED", name] for day in ("2026-01-02", "2026-01-02", None)]
    script += [[*asks, at_most] for at_most in (6, 5, 4, 3, 1)]
    script += [["end", 0, "FAILURE"]] * 3
    for _ in range(count):
        script += [[*asks, 3], ["start", "STARTED", 3], ["end", 0, rng.choice(_ENDED)]]
    script += [[*asks, 99]]
    _note_ticks(desk, script)


@examines(3, rests_on=("answer",))
def ninety_days_and_ranges_that_are_none(desk: Desk) -> None:
    """Ask for ninety days and for ranges that hold no day, at midnight in Paris, years later."""
    rng = desk.rng
    year = datetime.datetime.now().year + 2
    there = datetime.datetime(year, rng.choice((1, 7)), rng.randint(3, 27), 0, 20, tzinfo=PARIS)
    desk.advance((there.astimezone(_UTC) - datetime.datetime.now(_UTC)).total_seconds())
    today, yesterday = str(there.date()), str(there.date() - _DAY)
    name = _name(desk)
    ranges: list[tuple[str, str, int]] = [
        ("2026-01-01", "2026-03-31", rng.randint(3, 9)),
        ("2026-01-01", "2026-03-31", 90),
        (yesterday, yesterday, 1),
        (yesterday, today, 1),
        ("2025-12-31", "2026-01-02", 3),
        ("2026-03-01", "2999-01-01", 3),
        ("2026-03-02", "2026-03-01", 3),
        ("2026-03-01", "2026-03-02", 0),
        ("2026-03-01", "2026-03-02", -rng.randint(1, 3)),
    ]
    rng.shuffle(ranges)
    _note_ticks(desk, [["next", name, *one] for one in ranges])


@examines(4, rests_on=("answer",))
def failed_days_are_asked_for_again(desk: Desk) -> None:
    """Have days end in drawn ways, some more than once; ask which failed, and for those again."""
    rng = desk.rng
    name = _name(desk)
    days = [str(_LAST - number * _DAY) for number in rng.sample(range(80), 14)]
    histories = [["FAILURE"], ["CANCELED"], ["SUCCESS"], ["FAILURE", "SUCCESS"]]
    histories += [["SUCCESS", "FAILURE"], ["FAILURE", "SUCCESS", "CANCELED"]]
    histories += [["FAILURE", status] for status in _UNDER_WAY]
    histories += [["FAILURE"], ["FAILURE", "FAILURE"], ["SUCCESS", "SUCCESS"]]
    script: list[list[Any]] = []
    for turn in range(3):
        for number in rng.sample(range(len(days)), len(days)):
            if turn < len(histories[number]):
                script.append(["add", days[number], histories[number][turn], name])
    for other in (f"{name}1", name[:-1], None):
        script += [["add", days[number], "FAILURE", other] for number in (2, 3)]
        script += [["add", days[0], "SUCCESS", other], ["add", "2026-01-04", "FAILURE", other]]
    script += [["add", None, "CANCELED", name]]
    under_way = len(_UNDER_WAY)
    asks = ["again", name]
    script += [["failed", name], [*asks, 99], [*asks, under_way + 2], [*asks, under_way]]
    script += [[*asks, 1], [*asks, under_way + 2], ["start", "FAILURE", 2], ["failed", name]]
    script += [[*asks, 99], ["start", "CANCELED", 2]] * 2
    script += [[*asks, 99], ["start", "SUCCESS", 1], ["failed", name], [*asks, 99]]
    script += [["start", "STARTED", 2], ["failed", name], [*asks, under_way + 3]]
    script += [["failed", f"{name}1"], ["again", f"{name}1", 1], ["failed", "nobody"]]
    day, other = rng.choice(days), f"{name}2"
    script += [["add", day, "FAILURE", other], ["again", other, 1], ["start", "FAILURE", 1]]
    script += [["remove", other, day], ["again", other, 1], ["start", "FAILURE", 1]]
    script += [["repeat", other, day], ["again", other, 1]]
    _note_ticks(desk, script)


def _note_ticks(desk: Desk, script: list[list[Any]]) -> None:
    """Note what each step of a script was answered with; of run keys, which are the same."""
    outcome = desk.run_with("play", script)
    if not isinstance(outcome.returned, list):
        desk.note_outcome("what was asked for", outcome)
        return
    seen: dict[Any, int] = {None: 0}
    for number, (step, answer) in enumerate(zip(script, outcome.returned, strict=False), start=1):
        if isinstance(answer, list):
            answer = [
                [*one[:2], seen.setdefault(one[2], len(seen))] if isinstance(one, list) else one
                for one in answer
            ]
        desk.note(f"step {number}: {' '.join(map(str, step))}", answer)


@examines(5, rests_on=("answer", "record"))
def the_champion_is_of_the_newest_day(desk: Desk) -> None:
    """Make models of days in a drawn order, some again, some beside another run, some in vain."""
    rng = desk.rng
    days = _days(desk, 10)
    order = [*rng.sample(days[1:6], 5), days[6], rng.choice(days[:6]), days[6], days[0]]
    script: list[list[Any]] = [[day, [0, *rng.sample(range(1, 4000), 2)], ""] for day in order]
    for day, other in ((days[7], days[8]), (days[9], days[2]), (days[9], days[9])):
        script.append([day, rng.sample(range(1, 4000), 3), "overtaken", other])
    script += [[days[9], [], ""], [days[9], [60], "full"], [days[6], [61, 99], "back"]]
    outcome = desk.run_with("make_models", script)
    desk.note_outcome("how it is made", outcome)
    if outcome.raised:
        return
    for number, run in enumerate(read_history(desk), start=1):
        made = dict(run.made).get("churn_model", {})
        desk.note(
            f"run {number}",
            [run.partition, run.status, made.get("version"), made.get("champion")],
        )
    desk.note("the models", _table(desk, "SELECT version, day, weight FROM models ORDER BY 1"))
    desk.note("the champion after each run", _table(desk, "SELECT * FROM after ORDER BY rowid"))
