"""Examine 14_asset_checks: drawn days, as Dagster's history and the warehouse have them.

A gate, a look at the volume and the scores are examined on customers that `inside.py` hands on,
not the submission's own asset: who errs in one task loses that task.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from pathlib import Path
from typing import Any

from dojo.exam.shared.history import SeenRun, read_history
from dojo.exam.shared.paris import PARIS
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Customers, Draw
from dojo.world.draw import qualities as q

_START = datetime.date(2026, 1, 1)
_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
_UTC = datetime.timezone.utc


def _customers(desk: Desk, count: int, *also: str, **more: Any) -> Customers:
    """Draw the customers of a sound day: none is there twice, and no number is blank."""
    draw = Draw(desk.rng.getrandbits(64))
    more = {"tame": [q.OWN_INDEX], "blank": ["contract"], **more}
    return draw.customers(count, also=also, **more)


def _export(desk: Desk, count: int) -> str:
    return _customers(desk, count).csv()


def _spoil(desk: Desk, customers: Customers) -> Customers:
    """Give some rows the id of another one, and some a fault; a few of them both."""
    rows = list(range(len(customers)))
    desk.rng.shuffle(rows)
    doubled, group = desk.rng.randint(2, 4), desk.rng.randint(2, 4)
    for number in range(doubled):
        same = rows[number * group : (number + 1) * group]
        for row in same:
            customers[row]["customer_id"] = customers[same[0]]["customer_id"]
    faulty = rows[doubled * group - desk.rng.randint(1, 2) :][: desk.rng.randint(7, 12)]
    for number, row in enumerate(faulty):
        customers[row][_NUMBERS[number % 3]] = None if number % 2 else -1 - number
        if number % 4 == 0:
            customers[row]["support_calls"] = None
    return customers


def _with_one(desk: Desk, customers: Customers, name: str, value: Any) -> Customers:
    """Give one row of a day a number."""
    desk.rng.choice(customers)[name] = value
    return customers


def _untidy(desk: Desk, customers: Customers) -> Customers:
    """Have rows that are there twice, one without an id, and one without anything."""
    if len(customers) > 4:
        customers[0:2] = [dict(customers[2]), dict(customers[2])]
        customers[3]["customer_id"] = None
        desk.rng.choice(customers)["support_calls"] = -1
        customers[4].update(dict.fromkeys(customers[4]))
    return customers


def _days(desk: Desk, count: int) -> list[str]:
    """Draw days in a row that are over for good."""
    first = _START + datetime.timedelta(days=desk.rng.randrange(5, 100))
    return [str(first + datetime.timedelta(days=number)) for number in range(count)]


# What is seen of it


def _is_made(desk: Desk, outcome: Outcome) -> bool:
    """Note what a driver raised, or what Dagster's automation asks for after each day."""
    desk.note_outcome("what is asked for afterwards", outcome)
    return not outcome.raised


def _note_checks(desk: Desk, runs: list[SeenRun], name: str, number: str) -> None:
    desk.note("the days", [run.partition for run in runs])
    for run in runs:
        check = run.checks.get(name)
        noted: Any = "no evaluation"
        if check:
            noted = {"passed": check["passed"], number: check["metadata"].get(number)}
            if not check["passed"]:
                noted["severity"] = check["severity"]
        desk.note(f"the check of {run.partition}", noted)
        made = [asset for asset, _ in run.made]
        desk.note(f"made of {run.partition}", [sorted(made), run.status])


def _warehouse(desk: Desk, name: str = "warehouse.db") -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    path = str(Path("work") / desk.folder.name / name)
    with contextlib.suppress(sqlite3.Error), desk.database(path) as database:
        query = "SELECT day, customer_id, score FROM scores ORDER BY day, customer_id"
        for row in database.execute(query):
            found.setdefault(row["day"], []).append([row["customer_id"], row["score"]])
    return found


@examines(1, rests_on=("answer",))
def days_begin_at_midnight_in_paris(desk: Desk) -> None:
    """Ask for the partitions around drawn midnights, in winter and in summer."""
    moments = []
    for month, midnight in ((desk.rng.choice((1, 2, 11, 12)), 23), (desk.rng.randint(5, 9), 22)):
        day = datetime.datetime(2026, month, desk.rng.randint(3, 27), midnight)
        around = datetime.timedelta(minutes=desk.rng.randint(5, 55))
        for moment in (day - around, day + around):
            moments.append(moment.replace(tzinfo=_UTC).isoformat())
    moments.append(f"{desk.rng.randint(2032, 2037)}-06-{desk.rng.randint(10, 28)}T12:00+00:00")
    desk.note_outcome("the partitions", desk.run_with("keys_at", moments))


@examines(1, rests_on=("answer", "word"))
def each_day_reads_its_own_export(desk: Desk) -> None:
    """Make drawn days, the later one first, of untidy exports of one size; one is corrected."""
    first, second = _days(desk, 2)
    exports = [
        [day, _untidy(desk, _customers(desk, desk.rng.randint(20, 60))).csv()]
        for day in (second, first, second)
    ]
    desk.note_outcome("the customers of each day", desk.run_with("read_days", exports))
    one = desk.run_with("runs_of_one_day", "daily_customers")
    desk.note_outcome("Dagster backfills it day by day", one)


@examines(2, rests_on=("answer", "record"))
def the_gate_holds_back_what_is_spoilt(desk: Desk) -> None:
    """Spoil days in all ways at once, and in each alone; sound days are empty, or have zeros."""
    rng = desk.rng
    sound = _customers(desk, rng.randint(60, 120), q.ZEROS)
    sound[0].update(dict.fromkeys(_NUMBERS, -0.0))
    twice = _customers(desk, 60)
    twice[rng.randrange(30)] = dict(twice[rng.randrange(31, 60)])
    exports: list[tuple[str, int]] = [
        (sound.csv(), 0),
        (_spoil(desk, _customers(desk, rng.randint(60, 120))).csv(), 0),
        (twice.csv(), 0),
        (_customers(desk, 0).csv(), 0),
        (_with_one(desk, _customers(desk, 150), rng.choice(_NUMBERS), None).csv(), 0),
    ]
    for name in _NUMBERS:
        exports.append((_with_one(desk, _customers(desk, 20), name, -1).csv(), 0))
    last = _customers(desk, 40)
    last[-1]["monthly_charges"] = -1e-12  # of a whole company the last one
    exports.append((last.csv(), 12_000))
    rng.shuffle(exports)
    days = _days(desk, len(exports) + 1)[1:]  # of the day before there is no export
    nights = [[day, text, [], count] for day, (text, count) in zip(days, exports, strict=True)]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["customers_are_sound"])):
        return
    rides = desk.run_with("rides_along", "customers_are_sound")
    _note_checks(desk, read_history(desk), "customers_are_sound", "bad_rows")
    desk.note_outcome("it rides along", rides)


@examines(3, rests_on=("answer", "record"))
def an_unusual_volume_is_noted(desk: Desk) -> None:
    """Make days of few, of usual and of many rows, at each bound and away from it."""
    rng = desk.rng
    counts = [0, 49, 50, 200, 201, rng.randint(5, 48), rng.randint(51, 199), 2500]
    rng.shuffle(counts)
    nights = [
        [
            day,
            _untidy(desk, _customers(desk, min(count, 300))).csv(),
            [],
            count if count > 300 else 0,
        ]
        for day, count in zip(_days(desk, len(counts)), counts, strict=True)
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["volume_is_usual"])):
        return
    _note_checks(desk, read_history(desk), "volume_is_usual", "rows")


@examines(3, rests_on=("answer", "record"))
def the_bounds_follow_what_is_expected(desk: Desk) -> None:
    """Make days at the bounds of another EXPECTED_ROWS."""
    rows = 2 * desk.rng.randint(10, 40)
    counts = [rows // 2 - 1, rows // 2, 2 * rows, 2 * rows + 1]
    nights = [
        [day, _export(desk, count), [], 0]
        for day, count in zip(_days(desk, len(counts)), counts, strict=True)
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["volume_is_usual"], rows)):
        return
    _note_checks(desk, read_history(desk), "volume_is_usual", "rows")


@examines(4, rests_on=("answer", "record"))
def a_day_made_again_replaces_itself(desk: Desk) -> None:
    """Make two days, and the first again: some have left, some are new; and once more, of nobody.

    The second is made while another run has just made it.
    """
    first, second, third = _days(desk, 3)
    before, after = (_customers(desk, desk.rng.randint(20, 60)) for _ in range(2))
    kept = desk.rng.randint(5, 15)
    for old, new in zip(before[:kept], after, strict=False):
        new["customer_id"] = old["customer_id"]
    other = _customers(desk, desk.rng.randint(20, 50))
    ids = [row["customer_id"] for row in other]
    nights: list[list[Any]] = [
        [first, before.csv(), [], 0],
        [second, other.csv(), ["overtaken", second, ids], 0],
        [third, _export(desk, 20), [], 0],
        [first, _without_doubles(after).csv(), [], 0],
        [third, _export(desk, 0), [], 0],
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["daily_scores"])):
        return
    _note_scores(desk)


@examines(4, rests_on=("answer", "record", "word"))
def a_day_that_fails_leaves_the_table_alone(desk: Desk) -> None:
    """Make a day again on a disk that is full, locked, killed, or with a number that is blank."""
    rng = desk.rng
    first, second = _days(desk, 2)
    some = _customers(desk, rng.randint(20, 40))
    who = rng.choice(some[3:])["customer_id"]
    unknown = _with_one(desk, _customers(desk, 50), rng.choice(_NUMBERS), None)
    nights: list[list[Any]] = [
        [first, _export(desk, rng.randint(20, 60)), [], 0],
        [second, _export(desk, 400), [], 0],
        [first, some.csv(), ["refused", who], 0],
        [first, _export(desk, 40), ["full"], 12_000],
        [first, _export(desk, 60), ["locked"], 0],
        [first, unknown.csv(), [], 0],
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["daily_scores"])):
        return
    one = desk.run_with("runs_of_one_day", "daily_scores")
    desk.note_outcome("Dagster backfills it day by day", one)
    _note_scores(desk)
    desk.note("opened after a kill", desk.run_apart("open_again"))
    desk.note("the table after a kill", _sizes(_warehouse(desk, "copies/killed.db")))


def _note_scores(desk: Desk) -> None:
    """Note how each run ended, and what the warehouse has."""
    desk.note_outcome("the table and who reads it", desk.run_with("table_of_others"))
    for number, run in enumerate(read_history(desk), start=1):
        rows = dict(run.made).get("daily_scores", {}).get("rows")
        desk.note(f"run {number}", [run.partition, run.status, rows])
    found = _warehouse(desk)
    desk.note("the days of the table", list(found))
    for day, scores in found.items():
        desk.note(f"the scores of {day}", scores)


def _sizes(found: dict[str, list[list[Any]]]) -> dict[str, int]:
    return {day: len(rows) for day, rows in found.items()}


@examines(5, rests_on=("answer", "record", "word"))
def a_range_of_days_is_made_again(desk: Desk) -> None:
    """Make days again of which some are spoilt and some have no export; then some once more.

    Before, ask for ranges that hold no day. On one of the days the clocks change.
    """
    rng = desk.rng
    change = datetime.date(2026, 3, 29)
    first = change - datetime.timedelta(days=rng.randint(1, 3))
    days = [str(first + datetime.timedelta(days=number)) for number in range(14)]
    rng.shuffle(bad := ["spoilt", "spoilt", *["missing"] * 10])
    kinds = ["sound", *bad, "sound"]
    script: list[list[Any]] = []
    for day, kind in zip(days, kinds, strict=True):
        if kind == "sound":
            script.append(["write", day, _export(desk, rng.randint(60, 250))])
        if kind == "spoilt":
            script.append(["write", day, _spoil(desk, _customers(desk, 60)).csv()])
    later = rng.randint(2900, 3000)
    ranges = [
        [f"2025-12-{rng.randint(25, 31)}", days[0]],
        [f"{later}-01-01", f"{later}-01-02"],
        [days[-1], days[0]],
        [days[0], days[-1]],
    ]
    rng.shuffle(ranges)
    script += [["fill", *one] for one in ranges]
    script += [["load", days[-1]], ["write", days[0], _export(desk, 60)], ["fill", *days[:2]]]
    script += [["write", days[0], _spoil(desk, _customers(desk, 60)).csv()]]
    script += [["fill", days[0], days[0]], ["crash", days[-1], days[-1]]]
    outcome = desk.run_with("fill_again", script)
    desk.note_outcome("it said", outcome)
    if outcome.raised:
        return
    runs = read_history(desk)
    desk.note("the runs", [[run.partition, run.status] for run in runs])
    desk.note("the checks that were to be made", [sorted(run.planned) for run in runs])
    desk.note("the checks that were noted", [sorted(run.checks) for run in runs])
    desk.note("rows of each day", _sizes(_warehouse(desk)))


@examines(5, rests_on=("answer",))
def all_days_that_are_over_can_be_made(desk: Desk) -> None:
    """Ask for days around midnight in Paris, in two years, where the machine stands elsewhere."""
    rng = desk.rng
    year = datetime.datetime.now().year + 2
    now = datetime.datetime.now(_UTC)
    for number, (month, day, hour) in enumerate(
        ((1, 14, 0), (3, 24, 23), (4, 1, 0), (7, 14, 12), (10, 25, 0), (11, 1, 23))
    ):
        there = datetime.datetime(year, month, day, hour, rng.randint(5, 50), tzinfo=PARIS)
        moment = there.astimezone(_UTC)  # a difference in Paris leaves the clocks' changes out
        desk.advance(max(0.0, (moment - now).total_seconds()))
        now = moment
        today, yesterday = str(there.date()), str(there.date() - datetime.timedelta(days=1))
        ranges = [[yesterday, yesterday], ["2026-01-01", yesterday]]
        ranges += [[today, today], ["2026-01-01", today]]
        zone = ("America/New_York", "Pacific/Kiritimati")[number % 2]
        outcome = desk.run_with("begin", number, zone, ranges)
        desk.note_outcome(f"of {month:02}-{day:02}, it begins with", outcome)


def _without_doubles(customers: Customers) -> Customers:
    seen: dict[Any, dict[str, Any]] = {}
    for row in customers:
        seen.setdefault(row["customer_id"], row)
    customers[:] = list(seen.values())
    return customers
