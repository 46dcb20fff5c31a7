"""Draw contracts that nobody had thought of: new ones, near ones, blank ones, many."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from dojo.world.draw import qualities as q

Streams = Callable[[str], random.Random]

_MORE_CONTRACTS = {
    q.NEAR_CONTRACT: ("Month-to-month", " month-to-month", "one year ", "MONTH-TO-MONTH"),
    q.NEW_CONTRACT: ("Three year", "weekly", "trial", "unknown"),
}
# As others write a blank, and as a program may mark one.
_BLANK_WORDS = (
    "None",
    "NA",
    "null",
    "missing",
    "unknown",
    "n/a",
    "__missing__",
    "nan",
    "-",
    "other",
    "(blank)",
    "<NA>",
    "?",
    "0",
    "-1",
)
# Some are parts of others; two are one to the eye, with one accent in one sign and in two.
_SIGN_CONTRACTS = (
    "fibre",
    "fibre|tv",
    "contract_fibre",
    "month",
    ".*",
    "12 months, paid monthly",
    'the "best" [x] < 2; #1',
    "one\tyear",
    "\u00e9t\u00e9",
    "e\u0301te\u0301",
)
# More than somebody expects, and than a byte can count.
# Some begin as the names of columns that are made of them.
_MANY_CONTRACTS = tuple(
    f"{'tariff ' if number % 9 else 'contract_'}{number}" for number in range(300)
)


def draw_contracts(streams: Streams, on: frozenset[str], rows: list[dict[str, Any]]) -> None:
    """Give some customers contracts that nobody had thought of."""
    for quality, names in _MORE_CONTRACTS.items():
        if quality in on:
            rng = streams(quality)
            shuffled = rng.sample(names, len(names))
            for place, row in enumerate(rng.sample(rows, (len(rows) + 9) // 10)):
                row["contract"] = shuffled[place % len(names)]
    if q.BLANK_WORDS in on:
        places = streams(q.BLANK_WORDS).sample(range(len(rows)), (len(rows) + 3) // 4)
        for number, place in enumerate(places):
            rows[place]["contract"] = _BLANK_WORDS[number % len(_BLANK_WORDS)]
    if q.SIGNS_IN_CONTRACTS in on:
        places = streams(q.SIGNS_IN_CONTRACTS).sample(range(len(rows)), (len(rows) + 3) // 4)
        for number, place in enumerate(places):
            rows[place]["contract"] = _SIGN_CONTRACTS[number % len(_SIGN_CONTRACTS)]
    if q.MANY_CONTRACTS in on:
        # The last one has one customer only.
        for number, row in enumerate(rows):
            most = len(_MANY_CONTRACTS) - (number >= len(_MANY_CONTRACTS))
            row["contract"] = _MANY_CONTRACTS[number % most]
