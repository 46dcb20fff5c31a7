"""Measure what a whole verdict costs in each kata, beside its budget in `kata.toml`.

    python -m benchmarks.verdicts [--katas 02 13] [--rounds N]

Each round is `import prefect` in a process of its own, and then the warm parent's verdict on the
reference, in a file that was changed: what a learner waits for after a save that is right. Both are
processor time of all processes, so that two tests at once cost what they cost. What is given is the
median of their ratios. Whoever is above its budget is named at the end, on GitHub as a warning;
nothing fails of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import import_prefect, timed
from benchmarks.grading import processor_s
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.ground.paths import find_root
from dojo.warm import Warm


class Cost(NamedTuple):
    """What one verdict cost.

    Attributes:
        wall_s: Seconds on the clock.
        cpu_s: Seconds of processors.
        yardstick_cpu_s: And of processors, what `import prefect` took just before.
    """

    wall_s: float
    cpu_s: float
    yardstick_cpu_s: float

    @property
    def share(self) -> float:
        """Return the verdict's processor time in multiples of the import's."""
        return self.cpu_s / self.yardstick_cpu_s


def costs(warm: Warm, kata: Kata, rounds: int) -> list[Cost]:
    """Measure a kata some times, after once for nothing: that imports, and fills caches."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        file = Path(name) / f"{kata.slug}.py"
        found = []
        for number in range(rounds + 1):
            used = processor_s()
            import_prefect()
            yardstick = processor_s() - used
            source = kata.reference_file.read_text(encoding="utf-8")
            file.write_text(f"{source}\n# {number}\n", encoding="utf-8")
            used = processor_s()
            wall = timed(lambda: verdict(warm, kata, file))
            found.append(Cost(wall, processor_s() - used, yardstick))
    return found[1:]


def verdict(warm: Warm, kata: Kata, file: Path) -> None:
    """Ask for the whole verdict on a file, which must be green."""
    if not warm.run(kata, str(file), all_tasks=True).solved:
        sys.exit(f"the reference of {kata.id} is not green, so there is nothing to measure")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdicts", description=__doc__)
    parser.add_argument("--katas", nargs="*", default=[], help="these only: 02 13")
    parser.add_argument("--rounds", type=int, default=3, help="verdicts a kata")
    asked = parser.parse_args()
    # Who sets it has a test file rewritten at each run, and libraries compiled: not what is asked.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    root = find_root()
    ours = load_catalog(root)
    title = f"a whole verdict, warm, Python {sys.version.split()[0]}, {os.cpu_count()} cores"
    table = Table(title=title)
    for heading in ("kata", "seconds", "processor seconds", "x import prefect", "budget"):
        table.add_column(heading, justify="left" if heading == "kata" else "right")
    above = []
    with Warm(root) as warm:
        for kata in [find_kata(ours, name) for name in asked.katas] or ours:
            found = costs(warm, kata, max(asked.rounds, 1))
            wall, cpu = (statistics.median(one[place] for one in found) for place in (0, 1))
            share = statistics.median(one.share for one in found)
            told = "" if kata.budget is None else f"{kata.budget:g}"
            table.add_row(kata.id, f"{wall:.1f}", f"{cpu:.1f}", f"{share:.2f}", told)
            if kata.budget is not None and share > kata.budget:
                above.append(
                    f"{kata.id} costs {share:.2f} imports of Prefect; its budget is {told}"
                )
    Console().print(table)
    on_github = "::warning::" if os.environ.get("GITHUB_ACTIONS") else ""
    for line in above:
        print(f"{on_github}{line}")


if __name__ == "__main__":
    main()
