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
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame

_START = datetime.date(2026, 1, 1)
_CONTRACTS = ("month-to-month", "one year", "two years")
_FAULTS = (
    {"support_calls": float("nan")},
    {"monthly_charges": float("nan")},
    {"tenure_months": -1.0},
    {"tenure_months": -3.0, "support_calls": float("nan")},
)

Columns = dict[str, list[Any]]


def _customers(desk: Desk, count: int) -> Columns:
    rng = desk.rng
    return {
        "customer_id": rng.sample(range(1000, 10_000), count),
        "tenure_months": [float(rng.randrange(72)) for _ in range(count)],
        "monthly_charges": [rng.randrange(2000, 12_000) / 100 for _ in range(count)],
        "support_calls": [float(rng.randrange(9)) for _ in range(count)],
        "contract": [rng.choice(_CONTRACTS) for _ in range(count)],
    }


def _spoil(desk: Desk, customers: Columns) -> Columns:
    """Give some rows the id of another one, and some a fault; a few of them both."""
    rows = list(range(len(customers["customer_id"])))
    desk.rng.shuffle(rows)
    doubled, group = desk.rng.randint(2, 4), desk.rng.randint(2, 4)
    for number in range(doubled):
        same = rows[number * group : (number + 1) * group]
        for row in same:
            customers["customer_id"][row] = customers["customer_id"][same[0]]
    faulty = rows[doubled * group - desk.rng.randint(1, 2) :][: desk.rng.randint(7, 12)]
    for number, row in enumerate(faulty):
        for column, value in _FAULTS[number % len(_FAULTS)].items():
            customers[column][row] = value
    return customers


def _days(desk: Desk, count: int) -> list[str]:
    """Draw days in a row that are over for good."""
    first = _START + datetime.timedelta(days=desk.rng.randrange(5, 100))
    return [str(first + datetime.timedelta(days=number)) for number in range(count)]


# What is seen of it


def _is_made(desk: Desk, outcome: Outcome) -> bool:
    """Note what a driver raised; say whether it went through, and left something to be seen."""
    desk.note_outcome("what could not be made", outcome)
    return not outcome.raised


def _note_checks(desk: Desk, runs: list[SeenRun], name: str, number: str) -> None:
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


def _warehouse(desk: Desk) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    path = str(Path("work") / desk.folder.name / "warehouse.db")
    with contextlib.suppress(sqlite3.Error), desk.database(path) as database:
        query = "SELECT day, customer_id, score FROM scores ORDER BY day, customer_id"
        for row in database.execute(query):
            found.setdefault(row["day"], []).append([row["customer_id"], row["score"]])
    return found


@examines(1)
def days_begin_at_midnight_in_paris(desk: Desk) -> None:
    """Ask for the partitions around drawn midnights, in winter and in summer."""
    moments = []
    for month, midnight in ((desk.rng.choice((1, 2, 11, 12)), 23), (desk.rng.randint(5, 9), 22)):
        day = datetime.datetime(2026, month, desk.rng.randint(3, 27), midnight)
        around = datetime.timedelta(minutes=desk.rng.randint(5, 55))
        for moment in (day - around, day + around):
            moments.append(moment.replace(tzinfo=datetime.timezone.utc).isoformat())
    desk.note_outcome("the partitions", desk.run_with("keys_at", moments))


@examines(1)
def each_day_reads_its_own_export(desk: Desk) -> None:
    """Make drawn days of drawn exports, the later one first."""
    exports = {
        day: frame(_customers(desk, desk.rng.randint(20, 60))) for day in reversed(_days(desk, 2))
    }
    desk.note_outcome("the customers of each day", desk.run_with("read_days", exports))


@examines(2)
def the_gate_holds_back_what_is_spoilt(desk: Desk) -> None:
    """Spoil a day in all ways at once; before it a sound day, whose own yesterday was not made."""
    sound, spoilt = _days(desk, 2)
    nights: list[list[Any]] = [
        [sound, frame(_customers(desk, desk.rng.randint(60, 120))), None],
        [spoilt, frame(_spoil(desk, _customers(desk, desk.rng.randint(60, 120)))), None],
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["customers_are_sound"])):
        return
    _note_checks(desk, read_history(desk), "customers_are_sound", "bad_rows")


@examines(3)
def an_unusual_volume_is_noted(desk: Desk) -> None:
    """Make days of few, of usual and of many customers, at a bound and away from it."""
    rng = desk.rng
    counts = [
        rng.choice((49, rng.randint(5, 48))),
        rng.choice((50, 200, rng.randint(51, 199))),
        rng.choice((201, rng.randint(202, 260))),
    ]
    rng.shuffle(counts)
    nights: list[list[Any]] = [
        [day, frame(_customers(desk, count)), None]
        for day, count in zip(_days(desk, len(counts)), counts, strict=True)
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["volume_is_usual"])):
        return
    _note_checks(desk, read_history(desk), "volume_is_usual", "rows")


@examines(4)
def a_day_made_again_replaces_itself(desk: Desk) -> None:
    """Make two days, and the first again: some have left, some are new, some have changed.

    Then once more, differently, on a disk that is full at a drawn customer: nothing changes.
    """
    first, second = _days(desk, 2)
    before, after, failing = (_customers(desk, desk.rng.randint(20, 60)) for _ in range(3))
    kept = desk.rng.randint(5, 15)
    after["customer_id"][:kept] = before["customer_id"][:kept]
    refused = desk.rng.choice(failing["customer_id"][3:])
    nights: list[list[Any]] = [
        [first, frame(before), None],
        [second, frame(_customers(desk, desk.rng.randint(20, 50))), None],
        [first, frame(_without_doubles(after)), None],
        [first, frame(failing), refused],
    ]
    if not _is_made(desk, desk.run_with("make_nights", nights, ["daily_scores"])):
        return
    for number, run in enumerate(read_history(desk), start=1):
        rows = dict(run.made).get("daily_scores", {}).get("rows")
        desk.note(f"run {number}", [run.status, rows])
    for day, scores in _warehouse(desk).items():
        desk.note(f"the scores of {day}", scores)


@examines(5)
def a_range_of_days_is_made_again(desk: Desk) -> None:
    """Make days again one of which has no export; before, ask for ranges that hold none."""
    rng = desk.rng
    days = _days(desk, rng.randint(3, 4))
    missing = rng.choice(days[:-1])
    exports: dict[str, Packed] = {
        day: frame(_customers(desk, rng.randint(60, 120))) for day in days if day != missing
    }
    later = rng.randint(2900, 3000)
    ranges = [
        [f"2025-12-{rng.randint(25, 31)}", days[0]],
        [f"{later}-01-01", f"{later}-01-02"],
        [days[-1], days[0]],
        [days[0], days[-1]],
    ]
    rng.shuffle(ranges)
    outcome = desk.run_with("fill_again", exports, ranges)
    desk.note_outcome("it said", outcome)
    if outcome.raised:
        return
    runs = read_history(desk)
    desk.note("the runs", [[run.partition, run.status] for run in runs])
    desk.note("the checks that were to be made", [sorted(run.planned) for run in runs])
    desk.note("rows of each day", {day: len(rows) for day, rows in _warehouse(desk).items()})


def _without_doubles(customers: Columns) -> Columns:
    seen: set[Any] = set()
    rows = []
    for row, customer in enumerate(customers["customer_id"]):
        if customer not in seen:
            seen.add(customer)
            rows.append(row)
    return {name: [values[row] for row in rows] for name, values in customers.items()}
