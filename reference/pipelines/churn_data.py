"""The churn job's tables: customers from the API, checked, as features; read and written whole."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pandas as pd
import requests

CONTRACTS = ["month-to-month", "one year", "two years"]
RANGES = {"tenure_months": (0, 1200), "monthly_charges": (0, 10_000), "support_calls": (0, 1000)}
NUMBERS = list(RANGES)
COLUMNS = [*NUMBERS, *CONTRACTS, "paid_so_far"]


def load_customers(url: str, timeout_s: float = 10) -> list[dict[str, Any]]:
    """Load the customers from the API.

    Args:
        url: Address of a JSON list, one object a customer.
        timeout_s: How long the API may be silent, in seconds.

    Returns:
        The list.

    Raises:
        requests.RequestException: Any status but a good one, silence, or no JSON.
    """
    response = requests.get(url, timeout=timeout_s)
    response.raise_for_status()
    customers: list[dict[str, Any]] = response.json()
    return customers


def validate(customers: Any, labelled: bool) -> list[dict[str, Any]]:
    """Let nothing into the job that it would only choke on later.

    Args:
        customers: What the API said.
        labelled: They are to be learnt from: `churned` must be 0 or 1.

    Returns:
        The same customers.

    Raises:
        ValueError: It names the first fault, and the customer.
    """
    if not isinstance(customers, list) or not customers:
        raise ValueError(f"expected a list of customers, got {str(customers)[:60]!r}")
    needed = ["customer_id", *NUMBERS, "contract", *(["churned"] if labelled else [])]
    seen = set()
    for place, customer in enumerate(customers):
        if not isinstance(customer, dict) or [name for name in needed if name not in customer]:
            raise ValueError(f"customer number {place} lacks one of {', '.join(needed)}")
        who = customer["customer_id"]
        if who in seen:
            raise ValueError(f"customer {who!r} is there twice")
        seen.add(who)
        for name, (low, high) in RANGES.items():
            value = customer[name]
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise ValueError(f"customer {who!r}: {name} is {value!r}, not in {low} to {high}")
        if customer["contract"] not in CONTRACTS:
            raise ValueError(f"customer {who!r}: unknown contract {customer['contract']!r}")
        if labelled and customer["churned"] not in (0, 1):
            raise ValueError(f"customer {who!r}: churned is {customer['churned']!r}, not 0 or 1")
    if labelled and len({customer["churned"] for customer in customers}) < 2:
        raise ValueError("all customers stayed or all left: there is nothing to learn")
    return customers


def engineer_features(customers: list[dict[str, Any]]) -> pd.DataFrame:
    """Make the features.

    Args:
        customers: Validated ones.

    Returns:
        One row a customer, `customer_id` as index: COLUMNS as floats, and `churned` where it is
        known.
    """
    frame = pd.DataFrame(customers).set_index("customer_id")
    features = frame[NUMBERS].astype(float)
    for contract in CONTRACTS:
        features[contract] = (frame["contract"] == contract).astype(float)
    features["paid_so_far"] = features["tenure_months"] * features["monthly_charges"]
    if "churned" in frame:
        features["churned"] = frame["churned"]
    return features


def split(features: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers to learn from and those held out, about a quarter.

    The id decides, so a customer is on the same side every night, whoever comes or goes.
    """
    sides = [hashlib.sha256(str(who).encode()).digest()[0] % 4 == 0 for who in features.index]
    held_out = pd.Series(sides, index=features.index)
    return features[~held_out], features[held_out]


def digest(features: pd.DataFrame) -> str:
    """Return what tells two tables of features apart: 12 characters."""
    text = features.to_csv(float_format="%.4f")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_table(frame: pd.DataFrame, path: str) -> str:
    """Write a table as CSV, its index included, whole or not at all.

    Args:
        frame: Any table.
        path: Where; its folder is made. What was there is replaced in one step.

    Returns:
        The path.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    frame.to_csv(part)
    os.replace(part, target)
    return path


def read_table(path: str) -> pd.DataFrame:
    """Read what `write_table` wrote: its first column is the index."""
    return pd.read_csv(path, index_col=0)
