"""Measure how long a learner waits: from the save to the first red message, in every kata.

    python -m benchmarks.first_red [--katas 02 13] [--answers N]

The companion itself is at work, without a terminal: its watch sees the file that an editor has put
in place, its warm parent runs the tests, its desk shows a message. It is what a learner does who is
stuck: a task is red, and what is saved is red there for another reason. So each save is a planted
wrong answer after another one of its task, at most N tasks a kata, and nothing that was run before
is run again. Beside each save `import prefect` is timed, so that both meet the same machine; what
is given is the median of the waits, and of their share in that. Processor time is that of
everything the companion has started, up to the message.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import import_prefect, timed
from benchmarks.grading import processor_s
from dojo.catalog.answers import answers_here, as_one_file, tasks_of
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.terminal.companion.companion import Companion
from dojo.terminal.companion.course import Course
from dojo.terminal.companion.runs import Runs
from dojo.terminal.companion.session import POLL_S
from dojo.terminal.companion.view import Desk
from dojo.warm import Warm

WANTED = 0.6
_PATIENCE_S = 300


class Wait(NamedTuple):
    """One wait for a first red message.

    Attributes:
        kata: The kata's id.
        wall_s: Seconds from the save to the message.
        cpu_s: Seconds of processors that were used meanwhile.
        yardstick_s: What `import prefect` took just before, on the clock.
        yardstick_cpu_s: And of processors.
    """

    kata: str
    wall_s: float
    cpu_s: float
    yardstick_s: float
    yardstick_cpu_s: float


class Nowhere:
    """A face that shows nothing."""

    def show(self, desk: Desk) -> None:
        """Do nothing."""


def two_answers_a_task(kata: Kata, most: int) -> list[tuple[str, str]]:
    """Return whole wrong solutions: of each task two that are refused there, of those it has."""
    by_task: dict[int, list[Path]] = {}
    for answer in answers_here(kata, "wrong"):
        by_task.setdefault(min(tasks_of(kata, answer), default=0), []).append(answer)
    pairs = [by_task[task][:2] for task in sorted(by_task) if len(by_task[task]) > 1]
    return [(as_one_file(kata, one), as_one_file(kata, other)) for one, other in pairs[:most]]


@contextlib.contextmanager
def learners_folder(root: Path) -> Iterator[Path]:
    """Copy what a learner has into a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        folder = Path(name).resolve()
        ignored = shutil.ignore_patterns("__pycache__", "answers")
        for part in ("katas", "reference"):
            shutil.copytree(root / part, folder / part, ignore=ignored)
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(root / file, folder)
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def waits(
    companion: Companion, runs: Runs, kata: Kata, pairs: list[tuple[str, str]]
) -> Iterator[Wait]:
    """Save both sources of each pair; yield how long the second one's first message took."""
    for before, source in pairs:
        write_whole(kata.stub_file, before)
        run, started = companion.desk.run, time.perf_counter()
        while companion.desk.run == run or runs.busy:
            step(companion, started)
        used = processor_s()
        yardstick = timed(import_prefect)
        yardstick_cpu = processor_s() - used
        run, used = companion.desk.run, processor_s()
        started = time.perf_counter()
        write_whole(kata.stub_file, source)
        while not has_message(companion.desk, run):
            step(companion, started)
            if companion.desk.run > run and not runs.busy:
                break
        if not has_message(companion.desk, run):
            sys.exit(f"{kata.id}: a wrong answer stays green, so there is nothing to measure")
        wall = time.perf_counter() - started
        yield Wait(kata.id, wall, processor_s() - used, yardstick, yardstick_cpu)
        while runs.busy:
            step(companion, time.perf_counter())


def has_message(desk: Desk, run: int) -> bool:
    """Say whether a message of a later run than `run` is shown."""
    return desk.run > run and desk.red is not None and not desk.is_old


def step(companion: Companion, since: float) -> None:
    """Do what the companion does between two keys.

    Args:
        companion: The companion.
        since: When one began to wait.
    """
    companion.look()
    companion.hear()
    time.sleep(POLL_S)
    if time.perf_counter() - since > _PATIENCE_S:
        sys.exit(f"nothing is red after {_PATIENCE_S} s, so there is nothing to measure")


def measured(root: Path, names: list[str], most: int) -> list[Wait]:
    """Measure the katas of these names; all for none."""
    ours = load_catalog(root)
    chosen = [find_kata(ours, name) for name in names] or ours
    found: list[Wait] = []
    with learners_folder(root) as folder:
        katas = load_catalog(folder)
        runs = Runs(lambda: Warm(folder))
        try:
            for kata in chosen:
                pairs = two_answers_a_task(kata, most)
                course = Course(katas, find_kata(katas, kata.id))
                companion = Companion(folder, course, runs, Nowhere(), "en")
                companion.begin()
                while runs.busy:
                    step(companion, time.perf_counter())
                for wait in waits(companion, runs, course.kata, pairs):
                    found.append(wait)
                    share = wait.wall_s / wait.yardstick_s
                    cpu = wait.cpu_s / wait.yardstick_cpu_s
                    print(f"{kata.id} {share:.2f} {cpu:.2f}", file=sys.stderr, flush=True)
        finally:
            runs.stop()
    return found


def show(found: list[Wait]) -> None:
    """Print a row a kata, and one for all."""
    title = f"save to first red message, Python {sys.version.split()[0]}, {os.cpu_count()} cores"
    table = Table(title=title)
    for heading in ("kata", "saves", "seconds", "x import prefect", "x its processor time"):
        table.add_column(heading, justify="left" if heading == "kata" else "right")
    by_kata = {kata: [one for one in found if one.kata == kata] for kata in sorted_ids(found)}
    for kata, theirs in [*by_kata.items(), (f"all (wanted: {WANTED} at most)", found)]:
        wall = statistics.median(one.wall_s for one in theirs)
        share = statistics.median(one.wall_s / one.yardstick_s for one in theirs)
        cpu = statistics.median(one.cpu_s / one.yardstick_cpu_s for one in theirs)
        table.add_row(kata, f"{len(theirs)}", f"{wall:.2f}", f"{share:.2f}", f"{cpu:.2f}")
    Console().print(table)


def sorted_ids(found: list[Wait]) -> list[str]:
    """Return the katas that were measured, sorted."""
    return sorted({one.kata for one in found})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_red", description=__doc__)
    parser.add_argument("--katas", nargs="*", default=[], help="these only: 02 13")
    parser.add_argument("--answers", type=int, default=9, help="tasks a kata, at most")
    asked = parser.parse_args()
    # Who sets it has a test file rewritten at each run, and libraries compiled: not what is asked.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    show(measured(find_root(), asked.katas, max(asked.answers, 1)))


if __name__ == "__main__":
    main()
