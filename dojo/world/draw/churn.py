"""Make customers of a telephone company, some of whom leave: the same ones for the same seed."""

from __future__ import annotations

import math
import random
from typing import Any

_CONTRACTS = ("month-to-month", "one year", "two years")


def make_customers(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Make customers whose churn can be learnt, not perfectly, from the other columns.

    Args:
        count: How many.
        seed: The same seed gives the same customers; more customers begin with the same ones.

    Returns:
        One JSON-safe dict a customer: `customer_id`, `tenure_months` (1 to 72), `monthly_charges`
        (euros), `support_calls` (in the last quarter), `contract`, `churned` (0 or 1; about a
        quarter are 1).
    """
    draw = random.Random(seed)
    return [_make_customer(1000 + index, draw) for index in range(count)]


def _make_customer(customer_id: int, draw: random.Random) -> dict[str, Any]:
    tenure = draw.randint(1, 72)
    charges = round(draw.uniform(18, 110), 2)
    calls = min(int(draw.expovariate(0.6)), 9)
    contract = draw.choices(_CONTRACTS, weights=(5, 3, 2))[0]
    score = -1.1 - 0.045 * (tenure - 24) + 0.018 * (charges - 60) + 0.55 * calls
    score -= {"month-to-month": 0.0, "one year": 1.2, "two years": 2.2}[contract]
    return {
        "customer_id": customer_id,
        "tenure_months": tenure,
        "monthly_charges": charges,
        "support_calls": calls,
        "contract": contract,
        "churned": int(draw.random() < 1 / (1 + math.exp(-score))),
    }
