"""Things that a hostile or unlucky process can say, drawn from a seed."""

from __future__ import annotations

import random
from typing import Any

TEXTS = (
    "",
    "caf\udce9",
    "\ud800",
    "nul\x00",
    "\x1b[31mred\x1b[0m",
    "\n::error::forged",
    "##[error]forged",
    "\u202eevil",
    "x" * 30_000,
    "\udfff" * 12_000,
    "é 日本",
)
NUMBERS = (float("nan"), float("inf"), float("-inf"), -1, -0.5, 10**400, 1e308, True, 0)


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


def junk(rng: random.Random, depth: int = 0) -> Any:
    """Draw one thing."""
    kind = rng.randrange(4 if depth > 3 else 6)
    if kind == 0:
        return rng.choice(TEXTS)
    if kind == 1:
        return rng.choice(NUMBERS)
    if kind == 2:
        return None
    if kind == 3:
        return rng.choice([{}, [], deep(rng.choice([3, 250]))])
    if kind == 4:
        return [junk(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {rng.choice(TEXTS): junk(rng, depth + 1) for _ in range(rng.randrange(5))}


def drawn(count: int) -> list[Any]:
    """Draw many things, the same each time."""
    rng = random.Random(0)
    return [*TEXTS, *NUMBERS, deep(250), deep(20_000), *(junk(rng) for _ in range(count))]
