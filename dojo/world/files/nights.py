"""Nights of a company that calls the customers who may leave: its files, and who is to be called.

The customers' file is as an export has it; yesterday's call list is there. The name of the folder
that the runs share has in it what a solution may call its own files.
"""

from __future__ import annotations

import csv
import itertools
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any

from dojo.world.draw import Customers, Draw
from dojo.world.draw import qualities as q

YESTERDAY = "customer_id,probability,monthly_charges\n77,0.5,9.5\n"
_OF_AN_EXPORT = (q.TWICE, q.ZEROS, q.BLANK_LINES, q.LINE_ENDS, q.BACKSLASHES, q.PADDED)
_YEAR_S = 366 * 24 * 3600.0
_DIGITS = 1e-9  # how far two sums may differ that were made in another order


class Nights:
    """The folders of one test, and what lies in them."""

    def __init__(self, folder: Path) -> None:
        """Make the folders, but not that of the runs."""
        self.folder = folder
        self.source = folder / "source" / "customers.csv"
        self.target = folder / "campaign" / "calls.csv"
        self.work = folder / "customers.csv.d"
        self.source.parent.mkdir()
        self.target.parent.mkdir()
        self.yesterday()

    def yesterday(self) -> None:
        """Put yesterday's list in place."""
        self.target.write_text(YESTERDAY, encoding="utf-8")

    def customers(self, draw: Draw, number: int, **more: Any) -> Customers:
        """Write drawn customers to the source, charges blank for some; return them."""
        also = (*_OF_AN_EXPORT, *more.pop("also", ()))
        drawn = draw.customers(number, churned=False, blank=["monthly_charges"], also=also, **more)
        self.source.write_text(drawn.csv(), encoding="utf-8", newline="")
        return drawn

    def new_night(self, draw: Draw, number: int, **more: Any) -> Customers:
        """Write drawn customers to the source, and empty the folder of the runs."""
        shutil.rmtree(self.work, ignore_errors=True)
        return self.customers(draw, number, **more)

    def table(self, **columns: Any) -> None:
        """Write customers of these columns to the source."""
        import pandas

        table = pandas.DataFrame({"tenure_months": 12, "contract": "one year", **columns})
        table.to_csv(self.source, index=False)

    def files(self) -> dict[str, bytes]:
        """Return the files that are there but source and list, hidden ones too, with content."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        ours = (self.source, self.target)
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in found
            if path not in ours
        }

    def put_back(self, files: dict[str, bytes]) -> None:
        """Have these files and no others, but for source and list."""
        for name in self.files().keys() - files.keys():
            (self.folder / name).unlink()
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    def left(self) -> list[str]:
        """Name what lies in the folder of the runs, folders too."""
        return sorted(str(path.relative_to(self.work)) for path in self.work.rglob("*"))

    def age(self) -> None:
        """Have all that lies in the folder of the runs be a year old."""
        then = time.time() - _YEAR_S
        for path in (*self.work.rglob("*"), self.work):
            os.utime(path, (then, then))

    def called(self) -> list[tuple[str, float, float]]:
        """Read the call list: the ids as they are written there, probabilities, charges."""
        rows = read_rows(str(self.target))
        who = [row.get("customer_id") or "" for row in rows]
        numbers = (numbers_of(rows, name) for name in ("probability", "monthly_charges"))
        return list(zip(who, *numbers, strict=True))


def read_rows(path: str) -> list[dict[str, str]]:
    """Read a CSV file as text; none if it is not there."""
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers_of(rows: list[dict[str, str]], column: str) -> list[float]:
    """Read a column, blanks as NaN."""
    return [float(row.get(column) or "nan") for row in rows]


def near(seen: Any, wanted: float | None) -> bool:
    """Say whether two numbers are the same but for the order of the sums; None and NaN too."""
    if seen is None or wanted is None:
        return seen is wanted
    if not isinstance(seen, int | float):
        return False
    return math.isclose(seen, wanted, rel_tol=_DIGITS) or (math.isnan(seen) and math.isnan(wanted))


def paid_by(row: dict[str, Any]) -> float:
    """Say what a customer has paid so far; NaN without charges."""
    charges = row["monthly_charges"]
    return math.nan if charges is None else row["tenure_months"] * charges


def report_of(drawn: Customers) -> dict[str, Any]:
    """Say what the report of a night has: rows, calls, and the means of what is not blank."""
    report: dict[str, Any] = {
        "rows": len(drawn),
        "support_calls": sum(row["support_calls"] for row in drawn),
    }
    for name in ("tenure_months", "monthly_charges", "support_calls"):
        there = [row[name] for row in drawn if row[name] is not None]
        report[f"means.{name}"] = math.fsum(there) / len(there) if there else None
    return report


def likeliest(drawn: Customers, at_most: int) -> list[tuple[str, float, float]]:
    """Say whom to call: id, probability, charges; the likeliest first, of equal ones the lower."""
    known = {}
    for row in drawn:
        if row["monthly_charges"] is not None:
            # In the order of `churn_probability`: else two that are nearly equal change places.
            logit = -0.04 * row["tenure_months"] + 0.01 * row["monthly_charges"]
            probability = 1 / (1 + math.exp(-(logit + 0.5 * row["support_calls"] - 1)))
            known[row["customer_id"]] = (probability, row["monthly_charges"])
    best = sorted(known, key=lambda who: (-known[who][0], who))
    return [(str(who), *known[who]) for who in best[:at_most]]


def fault_of(
    seen: list[tuple[str, float, float]], wanted: list[tuple[str, float, float]]
) -> tuple[str, str, str] | None:
    """Name the first fault of a call list: what it is, what was expected, and what it costs."""
    for number, (one, right) in enumerate(itertools.zip_longest(seen, wanted), start=1):
        if one is None or right is None:
            return _number_of_rows(seen, wanted)
        place = f"row {number} of the list"
        if one[0] != right[0]:
            return _who(place, one, right)
        if not near(one[1], right[1]):
            return (
                f"{place} has for customer {one[0]} the probability {one[1]!r}",
                f"{right[1]!r}, with all the digits that a float has",
                "who was rounded to the same probability is put in order by id: near the limit"
                " the wrong ones are called.",
            )
        if not near(one[2], right[2]):
            return (
                f"{place} has for customer {one[0]} the charges {one[2]!r}",
                f"{right[2]!r}",
                "a customer is offered a discount on somebody else's contract.",
            )
    return None


def _number_of_rows(seen: list[Any], wanted: list[Any]) -> tuple[str, str, str]:
    ids = [who for who, *_ in seen]
    twice = next((who for who in ids if ids.count(who) > 1), None)
    return (
        f"the list has {len(seen)} rows"
        + (f"; customer {twice} is there more than once" if twice else ""),
        f"{len(wanted)}: each chosen customer once, and not more than were asked for",
        "a customer is called twice, or the call centre has not the people for so many calls, or"
        " is paid for calls that nobody makes.",
    )


def _who(place: str, one: Any, right: Any) -> tuple[str, str, str]:
    cost = "the campaign calls somebody else."
    wanted = f"customer {right[0]}"
    if _as_float(one[0]) == float(right[0]):
        wanted += ": an id is a whole number, however long, and a float holds 15 digits of it only"
        cost = "of two customers one is called twice, and the other one never."
    elif near(one[1], right[1]):
        wanted += ": of equal probabilities the lower id first, also where the limit cuts"
    else:
        wanted += ": the most likely first, and nobody without charges"
    return f"{place} names {one[0] or 'nobody'}", wanted, cost


def _as_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
