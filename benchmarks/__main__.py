"""Print one table: what the same kata costs cold and untuned, cold and tuned, and warm.

All rows are measured in this one run on this one machine, and given as a multiple of
`python -c "import prefect"`, which no orchestrated test can do without. Usage:

    python -m benchmarks [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.ground.paths import find_root
from dojo.ground.run_folder import forget_proxies
from dojo.warm import Warm

# The session fixture of Prefect's documentation, and the world of the kata without the plugin.
UNTUNED_CONFTEST = """
import pytest
from prefect.testing.utilities import prefect_test_harness

from dojo.running.given.untamed import UntamedDraw
from dojo.running.solution import load_solution
from dojo.world.clock import RetryClock, free_waits
from dojo.world.http.flaky_api import FlakyApi
from dojo.world.history import PrefectHistory, recorded_history
from pathlib import Path


@pytest.fixture(autouse=True, scope="session")
def prefect_test_fixture():
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def clock():
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def solution(clock):
    return load_solution(Path({reference!r}))


@pytest.fixture
def flaky_api(clock):
    api = FlakyApi(clock)
    with api.on_the_wire():
        yield api


@pytest.fixture
def prefect_history():
    history = PrefectHistory()
    with recorded_history(history):
        yield history


@pytest.fixture
def draw(request):
    return UntamedDraw(request.node.name)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs a row; the median is shown")
    rounds = max(parser.parse_args().rounds, 1)
    root = find_root()
    kata = find_kata(load_catalog(root), "02_retries")
    yardstick = median(rounds + 2, import_prefect)
    rows = [("python -c 'import prefect' (the yardstick)", yardstick)]
    rows.append(("cold, untuned: documented fixture", median(rounds, lambda: cold_untuned(kata))))
    with empty_cache() as cache:
        rows.append(("cold, tuned: first run ever", timed(lambda: cold_tuned(kata, cache))))
        rows.append(
            ("cold, tuned: every later run", median(rounds, lambda: cold_tuned(kata, cache)))
        )
    with Warm(root) as warm:
        first = timed(partial(verdict_on_reference, warm, kata))
        rows.append((f"warm parent: start and first verdict, {kata.id}", first))
        for one in load_catalog(root):
            verdict_on_reference(warm, one)
            seconds = median(rounds + 2, partial(verdict_on_reference, warm, one))
            rows.append((f"warm verdict: {one.id}", seconds))
    rows.append((f"gate, a solution of {kata.id}", gate_a_solution(kata)))
    show(kata, rows, rounds)


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds `action` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def median(rounds: int, action: Callable[[], object]) -> float:
    """Return the median of `rounds` runs, in seconds."""
    return statistics.median(timed(action) for _ in range(rounds))


def run(*command: str, cwd: Path | None = None, **variables: str) -> None:
    """Run a Python command line that must succeed, in a clean environment."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", "MLFLOW_", "DAGSTER_", "DOJO_", "PYTEST_"))
    }
    forget_proxies(environment)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(
            f"{' '.join(command)} failed, so there is nothing to measure:\n{done.stdout[-2000:]}"
        )


def import_prefect() -> None:
    """Do the least that any test of a flow must do."""
    run("-c", "import prefect")


def cold_untuned(kata: Kata) -> None:
    """Run the kata's tests as Prefect's documentation says, without `dojo`."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        folder = Path(name)
        shutil.copy(kata.test_file, folder)
        conftest = UNTUNED_CONFTEST.format(reference=str(kata.reference_file))
        (folder / "conftest.py").write_text(conftest, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        home = str(folder / "home")
        run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder, PREFECT_HOME=home)


def cold_tuned(kata: Kata, cache: Path) -> None:
    """Run what a learner runs."""
    run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", str(kata.folder)),
        "--solutions=reference",
        cwd=kata.root,
        DOJO_CACHE=str(cache),
    )


def verdict_on_reference(warm: Warm, kata: Kata) -> None:
    """Ask the warm parent, from the request to the last test."""
    if not warm.run(kata, "reference").solved:
        sys.exit(f"the reference of {kata.id} is not green, so there is nothing to measure")


def gate_a_solution(kata: Kata) -> float:
    """Run the gate on one kata; return the seconds for each stub, reference and answer."""
    solutions = 2 + len(list(kata.answers_folder.glob("*.py")))
    tests = f"{kata.id} and (stub_is_red or reference_is_green or answer_is)"
    command = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/katas/test_gate.py",
        "-k",
        tests,
    )
    return timed(lambda: run(*command, cwd=kata.root)) / solutions


@contextmanager
def empty_cache() -> Iterator[Path]:
    """Give a cache in which nothing was prepared yet."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        yield Path(name)


def show(kata: Kata, rows: list[tuple[str, float]], rounds: int) -> None:
    """Print the table."""
    yardstick = rows[0][1]
    title = (
        f"{kata.id} on its reference, Python {sys.version.split()[0]}, medians of {rounds}+ runs"
    )
    table = Table(title=title)
    table.add_column("what")
    table.add_column("seconds", justify="right")
    table.add_column("x import prefect", justify="right")
    for name, seconds in rows:
        table.add_row(name, f"{seconds:.2f}", f"{seconds / yardstick:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
