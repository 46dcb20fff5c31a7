"""Say what a night's report and call list have to be, and name the fault of a list."""

from __future__ import annotations

import itertools
import math
from typing import Any

from dojo.world.draw import Customers
from dojo.world.files.tables import near


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
    known: dict[int, tuple[float, float]] = {}
    for row in drawn:
        if row["monthly_charges"] is not None:
            # In the order of `churn_probability`: else two that are nearly equal change places.
            logit = -0.04 * row["tenure_months"] + 0.01 * row["monthly_charges"]
            probability = 1 / (1 + math.exp(-(logit + 0.5 * row["support_calls"] - 1)))
            before = known.get(row["customer_id"], (0.0, 0.0))
            known[row["customer_id"]] = max(before, (probability, row["monthly_charges"]))
    best = sorted(known, key=lambda who: (-known[who][0], who))
    return [(str(who), *known[who]) for who in best[:at_most]]


def fault_of(
    seen: list[tuple[str, float, float]], wanted: list[tuple[str, float, float]]
) -> tuple[str, str, str] | None:
    """Name the first fault of a call list: what it is, what was expected, and what it costs."""
    if len({who for who, *_ in seen}) < len(seen):
        return _number_of_rows(seen, wanted)
    for number, (one, right) in enumerate(itertools.zip_longest(seen, wanted), start=1):
        if one is None or right is None:
            return _number_of_rows(seen, wanted)
        place = f"row {number} of the list"
        if one[0] != right[0]:
            return _who(place, one, right)
        if not math.isclose(one[1], right[1], abs_tol=1e-3):
            return (
                f"{place} has for customer {one[0]} the probability {one[1]!r}",
                f"{right[1]!r}, as `churn_probability` has it",
                "the call centre reads another score than tonight's; the export has a column of"
                " that name, too: last month's.",
            )
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
    found, right = f"the list has {len(seen)} rows", f"{len(wanted)}, not more than were asked for"
    if twice:
        right = f"{len(wanted)}, each customer once"
        return f"{found}, customer {twice} more than once", right, "she is called twice."
    if len(seen) > len(wanted):
        return found, right, "the call centre has not the people for so many calls."
    return found, f"{len(wanted)}, all who were asked for", "the call centre waits for work."


def _who(place: str, one: Any, right: Any) -> tuple[str, str, str]:
    cost = "the campaign calls somebody else."
    # Each is a sentence of its own: it is translated whole.
    if _as_float(one[0]) == float(right[0]):
        wanted = (
            f"customer {right[0]}: an id is a whole number, however long, and a float holds 15"
            " digits of it only"
        )
        cost = "of two customers one is called twice, and the other one never."
    elif near(one[1], right[1]):
        wanted = (
            f"customer {right[0]}: of equal probabilities the lower id first, also where the limit"
            " cuts"
        )
    else:
        wanted = f"customer {right[0]}: the most likely first, and nobody without charges"
    return f"{place} is about {one[0] or 'nobody'}", wanted, cost


def _as_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
