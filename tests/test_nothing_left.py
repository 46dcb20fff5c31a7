"""Nothing is left of a grading: no process, no port, no folder; however it ends, at each level.

The submissions leave daemons of all kinds. A process is one of the grading's if its program, its
environment or its working directory names the test's own temporary folder, as that of everything
does which a grading starts; or if it sleeps for as long as only the daemons of this test do.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dojo.catalog import find_kata, load_catalog
from dojo.grading.sandbox import missing_for
from dojo.janitor import clear_up
from dojo.paths import PACKAGE_ROOT as ROOT

KATA = find_kata(load_catalog(ROOT), "02")
LEVELS = ("strict", "landlock")
# In the group, in a group, in a session of their own; one writes, as long as it lives.
DAEMONS = """
import os
import time
here = os.getcwd()
for leave in (os.getpid, os.setpgrp, os.setsid):
    if os.fork() == 0:
        leave()
        if leave is os.setsid and os.fork() == 0:
            while True:
                os.makedirs(f"{{here}}/left/here", exist_ok=True)
                time.sleep(0.1)
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", "{seconds}"])
        os._exit(0)
"""
# Too deep for a path, for descriptors and for calls; and a folder that is closed.
BURROW = """
import os
for _ in range(1200):
    os.mkdir("deeper")
    os.chdir("deeper")
os.chdir(os.environ["TMPDIR"])
os.makedirs("closed/closed")
os.chmod("closed/closed", 0)
os.chmod("closed", 0)
"""
HANG = "\nimport signal\nsignal.pause()\n"


class Process(NamedTuple):
    """A process; its start tells it from a later one of the same number."""

    pid: int
    started: int
    parent: int
    command: str
    is_first: bool


def every_process() -> Iterator[tuple[Process, bytes]]:
    """Yield the living processes of this machine, each with all words that tell whose it is."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            where = os.fsencode(os.readlink(entry / "cwd"))
            state, parent, *more = (entry / "stat").read_text().rpartition(")")[2].split()
            numbers = (entry / "status").read_text().partition("NSpid:")[2].splitlines()[0]
            process = Process(
                pid=int(entry.name),
                started=int(more[17]),
                parent=int(parent),
                command=command.replace(b"\0", b" ").decode(errors="replace"),
                is_first=numbers.split()[1:] == ["1"],
            )
            if state not in "ZX":
                yield process, command + (entry / "environ").read_bytes() + where


def come_of(roots: set[Process], every: list[Process]) -> set[Process]:
    """Return processes with all their descendants."""
    found = set(roots)
    while more := {one for one in every if one.parent in {has.pid for has in found}} - found:
        found |= more
    return found


class Grading:
    """A `dojo grade` of its own, with all that comes of it."""

    def __init__(self, folder: Path, level: str) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.seconds = f"{random.randrange(10**8, 10**9)}"
        self.words = [sys.executable, "-m", "dojo.cli", "grade", "class", "--no-flow"]
        self.words += ["--level", level]

    def hand_in(self, learner: str, text: str) -> None:
        file = self.folder / "class" / learner / "katas" / KATA.id / f"{KATA.slug}.py"
        file.parent.mkdir(parents=True)
        stub = KATA.stub_file.read_text(encoding="utf-8")
        file.write_text(f"{stub}\n{text}", encoding="utf-8")

    def start(self, jobs: int = 1) -> None:
        with (self.folder / "log").open("wb") as log:
            self.command = subprocess.Popen(
                [*self.words, "--jobs", str(jobs)],
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.temporary)},
                stdout=log,
                stderr=log,
            )

    @property
    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def processes(self) -> set[Process]:
        every = dict(every_process())
        marks = (os.fsencode(self.temporary), self.seconds.encode())
        ours = {one for one, words in every.items() if any(mark in words for mark in marks)}
        return come_of(ours, list(every))

    def daemons(self) -> int:
        return sum(one.command == f"sleep {self.seconds} " for one in self.processes())

    def ports(self, processes: set[Process]) -> set[str]:
        """Return the sockets on which processes listen in the namespace of this one."""
        theirs = set()
        for one in processes:
            with contextlib.suppress(OSError):
                for descriptor in Path(f"/proc/{one.pid}/fd").iterdir():
                    with contextlib.suppress(OSError):
                        theirs.add(os.readlink(descriptor))
        return {number for number in listening() if f"socket:[{number}]" in theirs}

    def warm_parent(self) -> Process:
        """Return the oldest process of its command line: its forks have the same one."""
        forks = [one for one in self.processes() if "-m dojo.grading.parent" in one.command]
        return min(forks, key=lambda one: (one.started, one.pid))

    def victim(self, name: str) -> Process:
        if name == "command":
            return next(one for one in self.processes() if one.pid == self.command.pid)
        parent = self.warm_parent()
        if name == "warm parent":
            return parent
        (keeper,) = [one for one in self.processes() if one.parent == parent.pid]
        inside = [one for one in self.processes() if one.parent == keeper.pid and one.is_first]
        return inside[0] if name == "process 1" and inside else keeper

    def doomed_with(self, killed: Process) -> set[Process]:
        """Return a process, all its descendants, and the daemons, which are nobody's any more."""
        every = self.processes()
        roots = {one for one in every if one.pid == killed.pid or self.seconds in one.command}
        return come_of(roots, list(every))

    def end(self) -> None:
        if self.command.poll() is None:
            self.command.kill()
            self.command.wait()


def listening() -> set[str]:
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {fields[9] for fields in lines if fields[3] == "0A"}


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait, generously, for what another process will do; return whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    if missing := missing_for(request.param):
        pytest.skip(missing)
    return str(request.param)


@pytest.fixture
def grading(level: str) -> Iterator[Grading]:
    # Not pytest's folder: what a failed test leaves, pytest cannot remove.
    folder = Path(tempfile.mkdtemp(prefix="nothing-left-"))
    started = Grading(folder, level)
    yield started
    started.end()
    for one in started.processes():  # of a test that failed
        with contextlib.suppress(OSError):
            os.kill(one.pid, signal.SIGKILL)
    clear_up(folder)


def test_nothing_is_left_after_a_batch_and_little_on_the_way(grading: Grading, level: str) -> None:
    for number in range(10):
        text = DAEMONS.format(seconds=grading.seconds) if number % 3 == 0 else ""
        grading.hand_in(f"learner{number}", text + BURROW if number == 0 else text)
    grading.start(jobs=2)
    daemons, ports = [], []
    while grading.command.poll() is None:
        daemons.append(grading.daemons())
        ports.append(len(grading.ports(grading.processes())))
        with contextlib.suppress(subprocess.TimeoutExpired):
            grading.command.wait(0.05)

    assert grading.command.returncode == 0, grading.said
    assert "10 graded" in grading.said
    assert max(daemons) > 0
    # The engine's and that of the outside API, for each of two sandboxes.
    assert max(ports) in (range(2, 5) if level == "landlock" else [0])
    assert grading.processes() == set()
    assert list(grading.temporary.iterdir()) == []


@pytest.mark.parametrize("victim", ["command", "warm parent", "keeper", "process 1"])
def test_nothing_is_left_of_what_came_of_a_killed_process(
    grading: Grading, level: str, victim: str
) -> None:
    grading.hand_in("anna", DAEMONS.format(seconds=grading.seconds) + BURROW + HANG)
    grading.start()
    assert eventually(lambda: grading.daemons() == 3 or grading.command.poll() is not None)
    killed = grading.victim(victim)
    # Keeper, engine, submission, three that sleep, one that writes.
    assert eventually(lambda: len(grading.doomed_with(killed)) > 6)
    doomed = grading.doomed_with(killed)
    ports = grading.ports(doomed)
    folders = list(grading.temporary.glob("*/*/dojo-sandbox-*"))
    assert (len(ports) > 1) == (level == "landlock"), ports
    assert len(folders) == 1
    os.kill(killed.pid, signal.SIGKILL)

    assert eventually(lambda: not doomed & dict(every_process()).keys())
    assert eventually(lambda: not ports & listening())
    if victim == "command":
        grading.command.wait()
    else:
        assert eventually(lambda: not folders[0].exists())
        assert grading.command.poll() is None, grading.said
        grading.end()
    assert eventually(lambda: grading.processes() == set()), grading.processes()
    assert eventually(lambda: list(grading.temporary.iterdir()) == [])
