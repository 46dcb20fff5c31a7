"""Make docs/costs.md: where the time of a warm verdict goes, kata by kata, as py-spy samples it.

    pip install py-spy; python docs/make_costs.py [--rounds N] [--katas 02 13]

Each sample of a process that runs a kata's tests belongs to whoever is nearest to where it was
taken: Prefect, MLflow, the tests themselves; what is of Python's or of a driver is its caller's.
"""

from __future__ import annotations

import argparse
import collections
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWNERS = {
    "Prefect": ("/prefect/", "/prefect_dask/"),
    "Dagster": ("/dagster/", "/dagster_shared/", "/dagster_pipes/"),
    "MLflow": ("/mlflow/", "/mlflow_skinny/"),
    "pandas, scikit-learn": ("/pandas/", "/sklearn/", "/scipy/", "/numpy/", "/joblib/"),
    "Dask": ("/distributed/", "/dask/"),
    "pytest": ("/_pytest/", "/pluggy/"),
    "laws": (f"{ROOT}/dojo/laws/",),
    "dojo": (f"{ROOT}/dojo/",),
    "tests, solution": (f"{ROOT}/katas/", f"{ROOT}/reference/", "/dojo-bench-"),
}
_TEXT = """# What a verdict costs, and where it goes

Made by `python docs/make_costs.py`, on Python {python}: each kata's reference, warm, all tests.
What that costs beside `import prefect` is measured by `python -m benchmarks.verdicts`; a kata's
budget stands in its `kata.toml`, about a fifth above what it cost when that was set.

Shares are of samples: whose code ran, what it has of drivers and of Python's own with it. The last
column names the greatest.

{table}

What bounds them is runs that really happen: a flow run costs Prefect about what its import costs,
its states are written and read back, and each test looks at a run of its own. What is not done for
speed: no mock of an orchestrator, no look left out, no result kept of an earlier run.
"""


def main() -> None:
    """Sample all katas, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="verdicts a kata")
    parser.add_argument("--katas", nargs="*", default=[], help="these only: 02 13")
    asked = parser.parse_args()
    if shutil.which("py-spy") is None:
        sys.exit("py-spy is not there: pip install py-spy")
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw"
        subprocess.run(
            [
                *("py-spy", "record", "--subprocesses", "--format", "raw", "--rate", "100"),
                "--full-filenames",
                *("--output", str(raw), "--"),
                *(sys.executable, "-m", "benchmarks.verdicts", "--rounds", str(asked.rounds)),
                *(("--katas", *asked.katas) if asked.katas else ()),
            ],
            cwd=ROOT,
            check=True,
        )
        shares = shares_of(raw.read_text(encoding="utf-8").splitlines())
    python = ".".join(map(str, sys.version_info[:2]))
    page = _TEXT.format(python=python, table=table(shares))
    (ROOT / "docs" / "costs.md").write_text(page, encoding="utf-8")


def shares_of(lines: Iterable[str]) -> dict[str, collections.Counter[str]]:
    """Count whose the samples are, by kata.

    Args:
        lines: As py-spy writes them: frames from the first to the last, and how often.
    """
    by_process: dict[str, collections.Counter[str]] = {}
    kata_of: dict[str, str] = {}
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if not any("run_pytest (" in one for one in frames):
            continue
        # The innermost process is the one that was sampled; its parents stand before it.
        process = next(one for one in reversed(frames) if one.startswith("process "))
        owners = by_process.setdefault(process, collections.Counter())
        owners[owner_of(frames)] += int(count)
        if found := re.search(r"katas/(\d\d_\w+)/test_", stack):
            kata_of[process] = found[1]
    found_by_kata: dict[str, collections.Counter[str]] = {}
    for process, owners in by_process.items():
        if process in kata_of:
            found_by_kata.setdefault(kata_of[process], collections.Counter()).update(owners)
    return found_by_kata


def owner_of(frames: list[str]) -> str:
    """Return whose a sample is: of whom the innermost frame is that is anybody's."""
    for frame in reversed(frames):
        for owner, parts in OWNERS.items():
            if any(part in frame for part in parts):
                return owner
    return "pytest"


def table(shares: dict[str, collections.Counter[str]]) -> str:
    """Write the page's table."""
    rows = [f"| kata | {' | '.join(OWNERS)} | mostly |", f"| --- | {'---: | ' * len(OWNERS)}--- |"]
    for kata, owners in sorted(shares.items()):
        total = owners.total()
        shown = {one: round(100 * owners[one] / total) for one in OWNERS}
        cells = [f"{shown[one]} %" if shown[one] else "" for one in OWNERS]
        rows.append(f"| {kata} | {' | '.join(cells)} | {owners.most_common(1)[0][0]} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
