"""Measure the way from nothing to the first red message, here and in another checkout.

    python -m benchmarks.beginning OTHER [--rounds N] [--install "pip install -r requirements.txt"]

OTHER is a checkout of another version, such as one made by `git worktree add`. Each round clones
what was last committed, here and there by turns; in the clone it makes a virtual environment, runs
the README's first installation in it and `pytest katas/02_retries -x`, with an empty home: no
package was downloaded before, no database migrated. Given are medians, on the clock and of
processors, and the share of OTHER's that it takes here.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from dojo.ground.paths import find_root

INSTALL = "pip install -r requirements.txt"
LOOK = "pytest katas/02_retries -x"
STEPS = ("install", "first red message")
# What this machine has set for itself, a learner's has not.
NOT_THEIRS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTEST_ADDOPTS")


class Spent(NamedTuple):
    """What one step took.

    Attributes:
        wall_s: Seconds on the clock.
        cpu_s: Seconds of processors, of all processes that it started and that have ended.
    """

    wall_s: float
    cpu_s: float


def measure(checkout: Path, install: str) -> tuple[Spent, ...]:
    """Go the way once, from a fresh clone; return what each of `STEPS` took.

    Raises:
        SystemExit: No package was installed, or no test was red.
    """
    with tempfile.TemporaryDirectory() as folder:
        home, clone = Path(folder) / "home", Path(folder) / "clone"
        home.mkdir()
        subprocess.run(["git", "clone", "-q", str(checkout), str(clone)], check=True)
        kept = {name: value for name, value in os.environ.items() if name not in NOT_THEIRS}
        env = {
            **kept,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "PATH": f"{clone / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        first = f"{sys.executable} -m venv .venv && {install}"
        return _timed(first, clone, env, code=0), _timed(LOOK, clone, env, code=1)


def _timed(command: str, folder: Path, env: dict[str, str], *, code: int) -> Spent:
    used, begin = _used_s(), time.perf_counter()
    done = subprocess.run(
        command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    spent = Spent(time.perf_counter() - begin, _used_s() - used)
    if done.returncode != code:
        sys.exit(f"{command}: ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
    return spent


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the arguments, measure by turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, metavar="OTHER", help="a checkout of another version")
    parser.add_argument("--rounds", type=int, default=3, help="how often (3)")
    parser.add_argument("--install", default=INSTALL, help=f"what installs ({INSTALL})")
    asked = parser.parse_args()
    ways = {"there": asked.other, "here": find_root()}
    rounds = [
        {name: measure(checkout, asked.install) for name, checkout in ways.items()}
        for _ in range(asked.rounds)
    ]
    table = Table("step", "there", "here", "share", "there, cpu", "here, cpu", "share")
    for row, step in enumerate([*STEPS, "both"]):
        cells = []
        for kind in range(2):
            there, here = (
                statistics.median(
                    sum(one[name][at][kind] for at in ([row] if row < len(STEPS) else (0, 1)))
                    for one in rounds
                )
                for name in ways
            )
            cells += [f"{there:.1f} s", f"{here:.1f} s", f"{here / there:.2f}"]
        table.add_row(step, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
