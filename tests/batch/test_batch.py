"""A class of 200, graded on threads, on a Dask cluster and as a flow run, with SIGKILLs between.

Honest ones, wrong ones, hostile ones and broken archives are one batch. The grader is killed, then
a worker of the cluster, then the grader again, and each time the same command goes on.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.sandbox.walls import missing_for
from tests.attacks.test_attacks import (
    KATA,
    REFERENCE,
    STUB,
    expected_of,
    hand_in,
    hand_in_broken_ones,
)
from tests.proxies import DEAD_PROXIES

pytest.importorskip("prefect_dask")
MISSING = missing_for("strict")
pytestmark = pytest.mark.skipif(bool(MISSING) and not os.environ.get("CI"), reason=MISSING)

# Those of tests/attacks/submissions that come to their end soon, and one that does not.
HOSTILE = (
    "always_equal",
    "asks_the_dojo",
    "crashes",
    "exits_at_import",
    "exits_hard_at_import",
    "exits_hard_in_a_call",
    "expects_failure",
    "fakes_the_library",
    "forges_results",
    "imports_the_reference",
    "interrupts",
    "kills_its_parent",
    "kills_itself",
    "leaves_a_daemon",
    "no_op_decorator",
    "patches_asserts",
    "patches_reports",
    "reads_secrets",
    "skips",
    "writes_the_tests",
)
SLOW = "loops_at_import"
WRONG = {"wrong_no_status_check": 40, "wrong_no_jitter": 40, "wrong_retry_after_ignored": 40}

Expected = tuple[str, float]


def fill(folder: Path) -> dict[str, Expected]:
    """Hand in 200 files that all differ; return what each is worth."""
    expected: dict[str, Expected] = {}

    def add(learner: str, text: str, worth: Expected) -> None:
        hand_in(folder, learner, f"{text}\n\n# {learner}\n")
        expected[learner] = worth

    hand_in_broken_ones(folder)
    names = [path.name.split(".")[0] for path in folder.iterdir()]
    expected.update({name: ("unreadable", 0.0) for name in names})
    for number in range(59):  # they cost nothing, so they are spread among the others
        name = f"{chr(ord('a') + number % 26)}-broken-{number}"
        (folder / f"{name}.zip").write_bytes(b"PK\x03\x04" + bytes([number]) * 99)
        expected[name] = ("unreadable", 0.0)
    for name in (*HOSTILE, SLOW):
        attack = ROOT / "tests" / "attacks" / "submissions" / f"{name}.py"
        add(name, f"{STUB}\n\n{attack.read_text(encoding='utf-8')}", expected_of(attack))
    for name, points in WRONG.items():
        answer = (KATA.answers_folder / f"{name}.py").read_text(encoding="utf-8")
        for number in range(12):
            add(f"{name}-{number}", f"{REFERENCE}\n\n{answer}", ("wrong", points))
    for number in range(4):
        add(f"stub-{number}", STUB, ("wrong", 0.0))
    while len(expected) < 200:
        add(f"right-{len(expected)}", REFERENCE, ("passed", KATA.points))
    return expected


def kept(state: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.Error:
        return 0


class Program:
    """A program in a group of its own, with a log; it is killed with all that it started."""

    def __init__(self, log: Path, *words: str, **environment: str) -> None:
        self.log = log
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PREFECT_", "DASK_"))
        }
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=log.parent,
                env={
                    **clean,
                    **DEAD_PROXIES,
                    "PREFECT_HOME": str(log.parent / "prefect"),
                    "DO_NOT_TRACK": "1",
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until(self, ready: Callable[[], bool], timeout_s: float = 600) -> None:
        deadline = time.monotonic() + timeout_s
        while not ready():
            assert self.process.poll() is None, self.said()[-3000:]
            assert time.monotonic() < deadline, self.said()[-3000:]
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


class Cluster:
    """A Dask scheduler and its workers on the loopback."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        folder.mkdir()
        words = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.scheduler = Program(folder / "scheduler.log", *words, "--no-dashboard", **settings)
        told = re.compile(r"Scheduler at: +(tcp://127\.0\.0\.1:\d+)")
        self.scheduler.wait_until(lambda: told.search(self.scheduler.said()) is not None)
        match = told.search(self.scheduler.said())
        assert match
        self.address = match[1]
        self.workers: list[Program] = []

    def start_workers(self, number: int, nanny: str = "--no-nanny") -> None:
        words = ("distributed.cli.dask_worker", self.address, "--nthreads", "1", nanny)
        for _ in range(number):
            log = self.folder / f"worker-{len(self.workers)}.log"
            here = ("--local-directory", str(self.folder), "--no-dashboard")
            self.workers.append(Program(log, *words, *here))
        for worker in self.workers[-number:]:
            worker.wait_until(lambda worker=worker: "Registered to" in worker.said())

    def end(self) -> None:
        for one in (*self.workers, self.scheduler):
            one.end()


@pytest.fixture(scope="module")
def api(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("server"), "prefect") as urls:
        yield f"{urls['prefect']}/api"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    with contextlib.ExitStack() as ends:

        def start(workers: int, **settings: str) -> Cluster:
            cluster = Cluster(tmp_path / "cluster", **settings)
            ends.callback(cluster.end)
            cluster.start_workers(workers)
            return cluster

        yield start


@pytest.fixture
def grade(tmp_path: Path, api: str) -> Iterator[Callable[..., Program]]:
    """Return what starts `dojo grade` on the class in the test's folder."""
    with contextlib.ExitStack() as ends:
        count = iter(range(99))

        def start(*options: str) -> Program:
            log = tmp_path / f"grade-{next(count)}.log"
            words = ("dojo", "grade", "class", "--kata", KATA.id, *options)
            program = Program(log, *words, PREFECT_API_URL=api)
            ends.callback(program.end, signal.SIGKILL)
            return program

        yield start


def ask(url: str, question: dict[str, Any]) -> list[dict[str, Any]]:
    data = json.dumps(question).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return list(json.load(answer))


def runs_of(api: str, flow_run: dict[str, Any], settled: int) -> list[dict[str, Any]]:
    """Return a flow run's task runs; the server learns of them a little later."""
    question = {"flow_runs": {"id": {"any_": [flow_run["id"]]}}, "limit": 200}
    deadline = time.monotonic() + 30
    while True:
        found = ask(f"{api}/task_runs/filter", question)
        done = [one for one in found if one["state_type"] == "COMPLETED"]
        if len(done) >= settled or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def left_of_ours() -> list[str]:
    """Return the processes of warm parents and sandboxes of this checkout that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                if b"dojo.inside.parent" in command and str(ROOT).encode() in command:
                    found.append(entry.name)
    return found


def test_class_of_200_is_graded_once_whoever_is_killed(
    tmp_path: Path, api: str, cluster: Any, grade: Any
) -> None:
    (tmp_path / "class").mkdir()
    expected = fill(tmp_path / "class")
    assert len(expected) == 200
    state = tmp_path / "results.sqlite"
    logs = []

    # On threads; the grader is killed.
    first = grade("--no-flow", "--jobs", "2")
    first.wait_until(lambda: kept(state) >= 90)
    first.end(signal.SIGKILL)
    after_first = kept(state)
    logs.append(first.said())

    # On a cluster; a worker is killed, later the grader.
    dask = cluster(2)
    second = grade("--dask", dask.address)
    second.wait_until(lambda: kept(state) >= after_first + 15)
    dask.workers[0].end(signal.SIGKILL)
    at_loss = kept(state)
    second.wait_until(lambda: kept(state) >= at_loss + 20)
    assert not (tmp_path / "results.json").exists()
    second.end(signal.SIGKILL)
    after_second = kept(state)
    assert after_first < after_second < 200
    logs.append(second.said())

    # As a flow run, to the end.
    third = grade("--flow", "--jobs", "2")
    assert third.process.wait(600) == 0, third.said()[-3000:]
    logs.append(third.said())

    # Each has its one result, and it is the right one.
    record = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    said = {one["learner"]: (one["verdict"], one["earned"]) for one in record["results"]}
    assert record["ungraded"] == []
    assert len(record["results"]) == 200
    assert said == expected
    assert len({one["binding"]["seed"] for one in record["results"]}) == 1

    # None was graded twice: a result that replaces another would have a number above 200, and a
    # line is told of each that is kept, but for the one that a kill came in between.
    with contextlib.closing(sqlite3.connect(state)) as database:
        rows = database.execute("SELECT count(*), max(rowid) FROM results").fetchone()
    assert rows == (200, 200)
    assert f"[{after_first}/200] graded earlier" in logs[1]
    assert f"[{after_second}/200] graded earlier" in logs[2]
    told = collections.Counter(
        line
        for log in logs
        for line in re.findall(rf"^\[\d+/200\] (\S+)  {KATA.id}  ", log, re.MULTILINE)
    )
    assert set(told) <= set(expected)
    assert set(told.values()) == {1}
    assert len(told) >= 198

    # The server has both flow runs, and a task run for each submission in hand of each.
    flow_runs = ask(f"{api}/flow_runs/filter", {"sort": "START_TIME_ASC"})
    assert len(flow_runs) == 2
    assert flow_runs[1]["state_type"] == "COMPLETED"
    on_dask = runs_of(api, flow_runs[0], after_second - after_first)
    as_flow = runs_of(api, flow_runs[1], 200 - after_second)
    assert len(as_flow) == 200 - after_second
    assert {one["state_type"] for one in as_flow} == {"COMPLETED"}
    names = collections.Counter(one["name"] for one in (*on_dask, *as_flow))
    again = [name for name, number in names.items() if number > 1]
    assert len(again) <= 3, again  # in hand, or done and not yet kept, when the grader was killed
    assert set(names) <= {f"{learner} {KATA.id}" for learner in expected}
    assert len(names) == 200 - after_first

    dask.end()
    deadline = time.monotonic() + 20
    while left_of_ours() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_of_ours() == []


def test_submission_whose_workers_are_all_lost_is_no_zero(
    tmp_path: Path, cluster: Any, grade: Any
) -> None:
    attack = (ROOT / "tests" / "attacks" / "submissions" / f"{SLOW}.py").read_text(encoding="utf-8")
    hand_in(tmp_path / "class", "anna", f"{STUB}\n\n{attack}")
    # Dask tries three more times by default, each on a worker that takes long to start.
    dask = cluster(1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    grading = grade("--dask", dask.address)
    grading.wait_until(lambda: bool(left_of_ours()))
    dask.workers[0].end(signal.SIGKILL)

    assert grading.process.wait(60) == 3, grading.said()
    record = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    (result,) = record["results"]
    assert (result["verdict"], result["earned"]) == ("grader-error", None)
    assert "each worker that had it was lost" in result["advice"]
    assert kept(tmp_path / "results.sqlite") == 0


def test_worker_with_other_packages_grades_nothing(
    tmp_path: Path, cluster: Any, grade: Any
) -> None:
    hand_in(tmp_path / "class", "anna", REFERENCE)
    dask = cluster(0)
    words = ("distributed.cli.dask_worker", dask.address, "--nthreads", "1", "--no-nanny")
    other = tmp_path / "other" / "another-1.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
    dask.workers.append(Program(dask.folder / "worker.log", *words, PYTHONPATH=str(other.parent)))
    grading = grade("--dask", dask.address)

    assert grading.process.wait(120) == 3, grading.said()
    last = grading.said().splitlines()[-1]
    assert re.search(r"the worker tcp://\S+ cannot grade: its lock differ", last), grading.said()
    assert not (tmp_path / "results.json").exists()


def test_cluster_that_is_not_there_is_one_line(tmp_path: Path, grade: Any) -> None:
    hand_in(tmp_path / "class", "anna", REFERENCE)
    grading = grade("--dask", "tcp://127.0.0.1:9")
    assert grading.process.wait(120) == 3, grading.said()
    (line,) = grading.said().strip().splitlines()
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in line


def test_cluster_that_dies_keeps_what_was_graded(tmp_path: Path, cluster: Any, grade: Any) -> None:
    for number in range(6):
        hand_in(tmp_path / "class", f"right-{number}", f"{REFERENCE}\n\n# {number}\n")
    dask = cluster(1)
    grading = grade("--dask", dask.address)
    grading.wait_until(lambda: kept(tmp_path / "results.sqlite") >= 1)
    dask.scheduler.end(signal.SIGKILL)

    assert grading.process.wait(120) == 3, grading.said()
    last = grading.said().strip().splitlines()[-1]
    assert re.search(r"the same command.* goes on$", last), grading.said()
    assert not (tmp_path / "results.json").exists()
    graded = kept(tmp_path / "results.sqlite")
    again = grade("--no-flow")
    assert again.process.wait(300) == 0, again.said()
    assert f"[{graded}/6] graded earlier" in again.said()


@pytest.mark.parametrize("way", ["no-flow", "flow", "dask"])
def test_interrupted_batch_says_how_to_go_on(
    way: str, tmp_path: Path, cluster: Any, grade: Any
) -> None:
    for number in range(8):
        hand_in(tmp_path / "class", f"right-{number}", f"{REFERENCE}\n\n# {number}\n")
    options = [f"--{way}"]
    if way == "dask":
        dask = cluster(0)
        dask.start_workers(1, "--nanny")  # as a worker is without options
        options.append(dask.address)
    grading = grade(*options)
    grading.wait_until(lambda: kept(tmp_path / "results.sqlite") >= 1)
    code = grading.end(signal.SIGINT)

    graded = kept(tmp_path / "results.sqlite")
    last = grading.said().strip().splitlines()[-1]
    assert (code, last) == (
        130,
        f"dojo: interrupted: {graded} of 8 are graded; the same command goes on",
    ), grading.said()
    again = grade("--no-flow")
    assert again.process.wait(300) == 0, again.said()
    assert f"[{graded}/8] graded earlier" in again.said()
