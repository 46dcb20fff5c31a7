"""Write churn customers to a file, as they come out of a telephone company's systems.

The people are those of `dojo.world.draw`, so fixtures, references and samples agree. A sample has
more columns, values that are missing, and rows that somebody should have mended; `--clean` leaves
all that out.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import Any

from dojo.ground.files import replacing
from dojo.world.draw.churn import make_customers

_PAYMENTS = ("direct debit", "credit card", "bank transfer", "cheque")
_INTERNET = ("fibre", "dsl", "none")
_USAGE_ERROR = 2


def make_sample(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Make customers with the columns and the faults of a real export.

    Args:
        count: How many customers.
        seed: The same seed gives the same sample.

    Returns:
        One dict a row: the columns of `make_customers`, then `senior` (0 or 1), `internet`,
        `payment`, `paperless` (0 or 1) and `total_charges` (euros). About 3 % lack the support
        calls and 2 % the total (None); 1 % of the contracts are written in another way, 0.5 % of
        the monthly charges are negative, and 1 % of the rows come twice.
    """
    draw = random.Random(f"sample {seed}")
    rows = []
    for customer in make_customers(count, seed):
        row = _with_more_columns(customer, draw)
        rows.append(row)
        if draw.random() < 0.01:
            rows.append(dict(row))
    return rows


def _with_more_columns(customer: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    total = customer["tenure_months"] * customer["monthly_charges"] * draw.uniform(0.95, 1.05)
    row = {
        **customer,
        "senior": int(draw.random() < 0.16),
        "internet": draw.choices(_INTERNET, weights=(4, 3, 2))[0],
        "payment": draw.choice(_PAYMENTS),
        "paperless": int(draw.random() < 0.6),
        "total_charges": round(total, 2),
    }
    if draw.random() < 0.03:
        row["support_calls"] = None
    if draw.random() < 0.02:
        row["total_charges"] = None
    if draw.random() < 0.01:
        row["contract"] = f" {row['contract'].title()}"
    if draw.random() < 0.005:
        row["monthly_charges"] = -row["monthly_charges"]
    return row


def write_rows(rows: list[dict[str, Any]], path: Path) -> None:
    """Write rows as CSV or Parquet, whole or not at all.

    Raises:
        ValueError: The file's name ends in neither `.csv` nor `.parquet`.
        ImportError: pandas, or for Parquet pyarrow, is not installed.
        OSError: The file cannot be written.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise ValueError(f"{str(path)!r} ends in neither .csv nor .parquet; give it one of them")
    import pandas

    frame = pandas.DataFrame(rows)
    if "support_calls" in frame and frame["support_calls"].isna().any():
        frame["support_calls"] = frame["support_calls"].astype("Int64")
    with replacing(path) as beside:
        if path.suffix == ".csv":
            frame.to_csv(beside, index=False, lineterminator="\n")
        else:
            frame.to_parquet(beside, index=False)


def main() -> None:
    """Run the command `generate_sample_data`."""
    parser = argparse.ArgumentParser(
        prog="generate_sample_data", description="Write churn customers as CSV or Parquet."
    )
    parser.add_argument(
        "files", nargs="*", type=Path, default=[Path("customers.csv")], help="*.csv or *.parquet"
    )
    parser.add_argument("--count", type=_positive, default=5000, help="customers (default 5000)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same customers")
    parser.add_argument("--clean", action="store_true", help="six columns, nothing missing")
    asked = parser.parse_args()
    rows = (make_customers if asked.clean else make_sample)(asked.count, asked.seed)
    for path in asked.files:
        try:
            write_rows(rows, path)
        except (ValueError, OSError) as error:
            sys.exit(_fail(str(error)))
        except ImportError as error:
            sys.exit(_fail(f"{path.suffix} needs {error.name}: dojo install mlflow"))
        print(f"{path}: {len(rows)} rows, {len(rows[0])} columns, seed {asked.seed}")


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def _fail(message: str) -> int:
    print(f"generate_sample_data: {message}", file=sys.stderr)
    return _USAGE_ERROR


if __name__ == "__main__":
    main()
