"""Measure what grading costs, beside one cold process a submission, on the same submissions.

    python -m benchmarks.grading [--submissions N] [--each]

A mix of honest, wrong and hostile submissions to kata 02 is graded with one worker and with two,
both judgements behind the walls. Then a few of them run as other graders run them: one cold
pytest a submission with Prefect's documented fixture, and one cold run of our tests, which start
their engine as fast as they can (what a runner like exercism's does: the tests only, and a file of
results). Processor time is what to compare: it depends less on what else the machine does.

With `--each` instead: what three submissions to every kata cost, one right and two wrong.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import UNTUNED_CONFTEST, empty_cache
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.grading.grader import Grader
from dojo.ground.paths import cache_dir, find_root
from dojo.intake.submission import Submission
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.walls import Limits

HOSTILE = ("exits_hard_at_import", "patches_reports", "skips", "forges_results")
COLD_TIMEOUT_S = 300


class Cost(NamedTuple):
    """What some submissions cost: how many, seconds on the clock and of processors, megabytes."""

    count: int
    wall_s: float
    cpu_s: float
    peak_mb: float


def mix(kata: Kata) -> Iterator[str]:
    """Yield sources, for ever: two honest, three wrong, one hostile."""
    reference = kata.reference_file.read_text(encoding="utf-8")
    stub = handed_out(kata.stub_file).decode()
    attacks = kata.root / "tests" / "attacks" / "submissions"

    def appended(start: str, paths: list[Path]) -> Iterator[str]:
        for path in itertools.cycle(paths):
            yield f"{start}\n\n{path.read_text(encoding='utf-8')}"

    right = appended(reference, sorted(kata.answers_folder.glob("right_*.py")))
    wrong = appended(reference, sorted(kata.answers_folder.glob("wrong_*.py")))
    hostile = appended(stub, [attacks / f"{name}.py" for name in HOSTILE])
    while True:
        yield from (next(one) for one in (right, wrong, wrong, hostile, right, wrong))


def family() -> dict[int, float]:
    """Return all processes from this one down, and the seconds of processors each has used.

    Those of its ended children are in it.
    """
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid] = int(fields[1])
            used[pid] = sum(int(one) for one in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return {pid: used.get(pid, 0.0) for pid in below}


def processor_s() -> float:
    """Return the seconds of processors that this process and all below it have used."""
    return sum(family().values())


def measured(count: int, action: Callable[[], object]) -> Cost:
    """Run `action`, and look at the memory of all that it starts twice a second."""
    peak, is_over = [0.0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.5):
            peak[0] = max(peak[0], memory_mb())

    watcher = threading.Thread(target=look)
    watcher.start()
    started, used = time.perf_counter(), processor_s()
    try:
        action()
    finally:
        is_over.set()
        watcher.join()
    return Cost(count, time.perf_counter() - started, processor_s() - used, peak[0])


def memory_mb() -> float:
    """Return the memory of all processes below this one; shared pages count once."""
    total = 0
    for pid in family().keys() - {os.getpid()}:
        with suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += sum(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:")
    return total / 1024


@contextmanager
def ready_grader(kata: Kata) -> Iterator[Grader]:
    """Give a grader whose parent is warm and whose reference has played."""
    with Parent(kata.root, "strict", Limits()) as parent:
        grader = Grader(parent, "benchmark")
        grader.grade(handed_in(kata, kata.reference_file.read_text(encoding="utf-8")))
        yield grader


def handed_in(kata: Kata, source: str) -> Submission:
    """Return a submission of nobody's."""
    return Submission("bench", kata, "benchmark", source.encode(), "", None, ())


def with_workers(kata: Kata, sources: list[str], workers: int) -> tuple[Cost, Cost]:
    """Grade; return what that cost, and what the start did, which a batch pays once."""

    def grade_all() -> None:
        with ThreadPoolExecutor(workers) as pool:
            for result in pool.map(graders[0].grade, [handed_in(kata, one) for one in sources]):
                if result.verdict == "grader-error":
                    sys.exit(f"there is nothing to measure: {result.advice}")

    with ExitStack() as stack:
        graders: list[Grader] = []
        start = measured(1, lambda: graders.append(stack.enter_context(ready_grader(kata))))
        return measured(len(sources), grade_all), start


def run_cold(command: list[str], folder: Path, **variables: str) -> None:
    """Run one process; its exit code tells no more than that the submission is wrong."""
    ours = ("PREFECT_", "MLFLOW_", "DOJO_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *command],
        cwd=folder,
        env={**kept, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(COLD_TIMEOUT_S)
    # One that a submission has ended leaves its server behind.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def documented(kata: Kata, source: str) -> None:
    """Run the kata's tests as Prefect's documentation says, without `dojo`."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        folder = Path(name)
        shutil.copy(kata.test_file, folder)
        solution = folder / f"{kata.slug}.py"
        solution.write_text(source, encoding="utf-8")
        conftest = UNTUNED_CONFTEST.format(reference=str(solution))
        (folder / "conftest.py").write_text(conftest, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        run_cold(["--junitxml=results.xml"], folder, PREFECT_HOME=str(folder / "home"))


def tuned(kata: Kata, source: str, cache: Path) -> None:
    """Run the kata's tests cold, the engine started as we start it, results in a file."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        solution = Path(name) / f"{kata.slug}.py"
        solution.write_text(source, encoding="utf-8")
        command = [str(kata.folder), "--solutions", str(solution), f"--junitxml={name}/results.xml"]
        run_cold(command, kata.root, DOJO_CACHE=str(cache))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--submissions", type=int, default=12, help="to grade, for each row")
    parser.add_argument("--cold", type=int, default=3, help="to run cold, for each row")
    parser.add_argument("--each", action="store_true", help="each kata, and nothing cold")
    options = parser.parse_args()
    katas = load_catalog(find_root())
    if options.each:
        show_each(katas)
    else:
        compare(find_kata(katas, "02"), options)


def compare(kata: Kata, options: argparse.Namespace) -> None:
    """Grade one kata's submissions in all ways."""
    sources = list(itertools.islice(mix(kata), options.submissions))
    few = sources[: options.cold]
    rows = []
    for workers in (1, 2):
        graded, start = with_workers(kata, sources, workers)
        rows.append((f"dojo grade, both judgements, {workers} at a time", graded))
    rows.append(("  a batch's start, once", start))
    cold = measured(len(few), lambda: [documented(kata, one) for one in few])
    rows.append(("one cold pytest each, documented fixture, tests only", cold))
    with empty_cache() as cache:
        shutil.copytree(cache_dir(), cache, dirs_exist_ok=True)
        quick = measured(len(few), lambda: [tuned(kata, one, cache) for one in few])
    rows.append(("one cold pytest each, our engine start, tests only", quick))
    show(rows, cold)


def show_each(katas: list[Kata]) -> None:
    """Grade some submissions to each kata; print a line a kata as they come, then the mean."""
    rows = []
    for kata in katas:
        graded, start = with_workers(kata, list(itertools.islice(mix(kata), 3)), 1)
        rows.append((graded.cpu_s / graded.count, start.cpu_s))
        print(f"{kata.id:20} {rows[-1][0]:5.1f} processor s each, {rows[-1][1]:5.1f} once a batch")
    print(f"{'mean':20} {sum(each for each, _ in rows) / len(rows):5.1f}")


def show(rows: list[tuple[str, Cost]], cold: Cost) -> None:
    """Print the table."""
    table = Table(title=f"kata 02, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for name in ("a submission", "n", "clock s", "processor s", "a minute a core", "x", "peak MB"):
        table.add_column(name, justify="left" if name == "a submission" else "right")
    for name, cost in rows:
        each = cost.cpu_s / cost.count
        numbers = (cost.wall_s / cost.count, each, 60 / each, cold.cpu_s / cold.count / each)
        table.add_row(
            name, str(cost.count), *(f"{one:.1f}" for one in numbers), f"{cost.peak_mb:.0f}"
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
