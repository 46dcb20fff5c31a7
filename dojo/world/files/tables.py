"""Read and compare tables that lie in CSV files, all values as text."""

from __future__ import annotations

import csv
import math
import os
from typing import Any

_DIGITS = 1e-9  # how far two sums may differ that were made in another order


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


def first_difference(rows: list[dict[str, str]], expected: list[dict[str, str]]) -> str:
    """Say where two tables differ first."""
    if len(rows) != len(expected):
        return f"there are {len(rows)} rows, not {len(expected)}"
    for number, (row, right) in enumerate(zip(rows, expected, strict=True), start=1):
        if row.keys() != right.keys():
            return f"the columns are {list(row)}, not {list(right)}"
        for name, value in right.items():
            if row[name] != value:
                return f"{name!r} of row {number} is {row[name]!r}, not {value!r}"
    return "all is as expected"
