"""Measure what recording costs: a warm verdict, the same one recorded for its replay, in turns.

    python -m benchmarks.recording [--katas 02 07 13] [--rounds N]

A verdict records nothing unless a replay is asked for, so its own time is the first column; the
second says what whoever asks for one waits more. Both are medians of processor time, of all
processes, of the same reference on the same warm parent, one after the other.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.grading import processor_s
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.ground.paths import find_root
from dojo.warm import Warm
from dojo.warm.replays import record


def used_by(action: Callable[[], object]) -> float:
    """Return the seconds of processors that an action takes."""
    before = processor_s()
    action()
    return processor_s() - before


def measured(kata: Kata, warm: Warm, rounds: int) -> tuple[list[float], list[float]]:
    """Return what each round took without recording, and with it."""
    plain, recorded = [], []
    for _ in range(rounds + 1):
        plain.append(used_by(lambda: warm.run(kata, "reference", all_tasks=True)))
        recorded.append(used_by(lambda: record(kata, "reference", (), warm)))
    return plain[1:], recorded[1:]  # the first one has the parent start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recording", description=__doc__)
    parser.add_argument("--katas", nargs="*", default=["02", "07", "13"], help="these: 02 13")
    parser.add_argument("--rounds", type=int, default=15, help="of each, in turns")
    asked = parser.parse_args()
    root = find_root()
    table = Table(title=f"recording, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for heading in ("kata", "verdict, s", "recorded, s", "ratio"):
        table.add_column(heading, justify="left" if heading == "kata" else "right")
    for name in asked.katas:
        kata = find_kata(load_catalog(root), name)
        with Warm(root) as warm:
            plain, recorded = measured(kata, warm, max(asked.rounds, 1))
        ratio = statistics.median(b / a for a, b in zip(plain, recorded, strict=True))
        middle = (statistics.median(times) for times in (plain, recorded))
        table.add_row(kata.id, *(f"{one:.2f}" for one in middle), f"{ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
