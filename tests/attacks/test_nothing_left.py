"""Nothing is left of a run: no process, no port, no folder; however it ends, at each level.

The submissions leave daemons of all kinds. A process is one of the run's if its program, its
environment or its working directory names the test's own temporary folder, as that of everything
does which a run starts; or if it sleeps for as long as only the daemons of this test do.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.exits import Exit
from dojo.ground.janitor import clear_up
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.sandbox.walls import missing_for
from tests.processes import eventually

KATA = find_kata(load_catalog(ROOT), "02")
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
# Folders that are closed; folders too deep for a path, for descriptors and for calls.
CLOSED = """
import os
os.makedirs("closed/closed")
os.chmod("closed/closed", 0)
os.chmod("closed", 0)
"""
BURROW = """
for _ in range(1100):
    os.mkdir("deeper")
    os.chdir("deeper")
"""
HANG = "\nimport signal\nsignal.pause()\n"
# Runs a kata as `dojo` does, and waits for the next key.
COMPANION = f"""
import sys
from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.warm import Warm
with Warm(PACKAGE_ROOT) as warm:
    kata = find_kata(load_catalog(PACKAGE_ROOT), {KATA.id!r})
    print("solved" if warm.run(kata, "reference").solved else "not solved", flush=True)
    sys.stdin.read()
"""


@dataclasses.dataclass(frozen=True)
class Process:
    """A process; its start tells it from a later one of the same number."""

    pid: int
    started: int
    parent: int = dataclasses.field(compare=False)
    command: str = dataclasses.field(compare=False)
    is_first: bool = dataclasses.field(compare=False)


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


def come_of(roots: set[Process], every: Iterable[Process]) -> set[Process]:
    """Return processes with all their descendants."""
    found = set(roots)
    while more := {one for one in every if one.parent in {has.pid for has in found}} - found:
        found |= more
    return found


class Started:
    """A command, with all that comes of it: it has a temporary folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.seconds = f"{random.randrange(10**8, 10**9)}"

    def hand_in(self, learner: str, text: str) -> None:
        file = self.folder / "class" / learner / "katas" / KATA.id / f"{KATA.slug}.py"
        file.parent.mkdir(parents=True)
        stub = KATA.stub_file.read_text(encoding="utf-8")
        file.write_text(f"{stub}\n{text.format(seconds=self.seconds)}", encoding="utf-8")

    def grade(self, level: str, jobs: int = 1) -> None:
        more = ["class", "--no-flow", "--level", level, "--jobs", str(jobs)]
        self.run("-m", "dojo", "grade", *more)

    def run(self, *words: str) -> None:
        with (self.folder / "log").open("wb") as log:
            self.command = subprocess.Popen(
                [sys.executable, *words],
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.temporary)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def processes(self) -> set[Process]:
        every = dict(every_process())
        marks = (os.fsencode(self.temporary), self.seconds.encode())
        ours = {one for one, words in every.items() if any(mark in words for mark in marks)}
        return come_of(ours, every)

    def daemons(self) -> int:
        return sum(one.command == f"sleep {self.seconds} " for one in self.processes())

    def find(self, name: str) -> Process | None:
        """Return a process by its role; None while there is none."""
        every = sorted(self.processes(), key=lambda one: (one.started, one.pid))
        if name == "command":
            return next((one for one in every if one.pid == self.command.pid), None)
        # Its forks have its command line.
        named = [one for one in every if re.search(r"-m dojo\.(inside\.parent|warm)", one.command)]
        if name == "warm parent" or not named:
            return named[0] if named else None
        keeper = next((one for one in every if one.parent == named[0].pid), None)
        inside = [one for one in every if keeper and one.parent == keeper.pid and one.is_first]
        return inside[0] if name == "process 1" and inside else keeper

    def doomed_with(self, killed: Process) -> set[Process]:
        """Return a process, all its descendants, and the daemons, which are nobody's any more."""
        every = self.processes()
        return come_of(
            {one for one in every if one == killed or self.seconds in one.command}, every
        )

    def leaves_nothing(self) -> bool:
        return eventually(lambda: not self.processes() and not [*self.temporary.iterdir()])

    def end(self) -> None:
        with self.command:
            self.command.kill()


def ports_of(processes: Iterable[Process]) -> set[str]:
    """Return the sockets on which processes listen, of those that `listening` knows."""
    theirs = set()
    for one in processes:
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{one.pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    theirs.add(os.readlink(descriptor))
    return {number for number in listening() if f"socket:[{number}]" in theirs}


def listening() -> set[str]:
    """Return the numbers of all listening sockets in the network namespace of this process."""
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
    ]
    return {fields[9] for fields in lines if fields[3] == "0A"}


@pytest.fixture
def started() -> Iterator[Started]:
    # Not in pytest's folder: what a failed test leaves, pytest could not remove.
    folder = Path(tempfile.mkdtemp(prefix="nothing-left-"))
    started = Started(folder)
    yield started
    started.end()
    for one in started.processes():  # of a test that failed
        with contextlib.suppress(OSError):
            os.kill(one.pid, signal.SIGKILL)
    clear_up(folder)


@pytest.fixture(params=["strict", "landlock"])
def level(request: pytest.FixtureRequest) -> str:
    if missing := missing_for(request.param):
        pytest.skip(missing)
    return str(request.param)


def test_nothing_is_left_after_a_grading(started: Started, level: str) -> None:
    started.hand_in("anna", DAEMONS + CLOSED)
    started.grade(level)
    assert eventually(lambda: started.daemons() > 0 or started.command.poll() is not None)
    assert started.daemons() > 0, started.said()
    before = started.processes()
    ports = ports_of(before)

    assert started.command.wait() == 0, started.said()
    assert not before & dict(every_process()).keys()
    assert not ports & listening()
    assert not started.processes()
    assert not [*started.temporary.iterdir()]


def test_batch_never_has_more_than_its_sandboxes(started: Started, level: str) -> None:
    for number in range(10):
        started.hand_in(f"learner{number}", DAEMONS if number % 3 == 0 else "")
    started.grade(level, jobs=2)
    daemons, ports = [], []
    while started.command.poll() is None:
        daemons.append(started.daemons())
        ports.append(len(ports_of(started.processes())))
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.command.wait(0.05)

    assert "10 graded" in started.said()
    assert max(daemons) > 0
    # The engine's and the outside API's for each of two sandboxes, which behind the higher walls
    # only they can see; before there are any, one of the preparations.
    assert max(ports) in (range(2, 5) if level == "landlock" else range(2))
    assert not started.processes()
    assert not [*started.temporary.iterdir()]


@pytest.mark.parametrize("victim", ["command", "warm parent", "keeper", "process 1"])
def test_nothing_is_left_of_what_came_of_a_killed_process(
    started: Started, level: str, victim: str
) -> None:
    started.hand_in("anna", DAEMONS + CLOSED + BURROW + HANG)
    started.grade(level)
    assert eventually(lambda: started.daemons() == 3 or started.command.poll() is not None)
    killed = started.find(victim)
    assert killed, started.said()
    # Keeper, engine, submission, three that sleep, one that writes.
    assert eventually(lambda: len(started.doomed_with(killed)) > 6)
    doomed = started.doomed_with(killed)
    ports = ports_of(doomed)
    folders = [*started.temporary.glob("*/*/dojo-sandbox-*")]
    assert (len(ports) > 1) == (level == "landlock"), ports
    assert len(folders) == 1
    os.kill(killed.pid, signal.SIGKILL)

    assert eventually(lambda: not doomed & dict(every_process()).keys())
    assert eventually(lambda: not ports & listening())
    assert eventually(lambda: not folders[0].exists())
    if victim != "command":
        assert started.command.poll() is None, started.said()
    started.end()
    assert started.leaves_nothing(), started.processes()


@pytest.mark.parametrize("victim", ["command", "warm parent"])
def test_nothing_is_left_of_a_grading_killed_at_its_start(
    started: Started, level: str, victim: str
) -> None:
    started.hand_in("anna", "")
    started.grade(level)
    assert eventually(lambda: started.find("warm parent"))
    killed = started.find(victim)
    assert killed
    os.kill(killed.pid, signal.SIGKILL)

    assert started.command.wait() in (-signal.SIGKILL, Exit.ENVIRONMENT), started.said()
    assert started.leaves_nothing(), started.processes()


@pytest.mark.parametrize("moment", ["start", "end"])
@pytest.mark.parametrize("victim", ["command", "warm parent"])
def test_nothing_is_left_of_a_killed_companion(started: Started, victim: str, moment: str) -> None:
    started.run("-c", COMPANION)
    sign = {"start": lambda: started.find("warm parent"), "end": lambda: "solved" in started.said()}
    assert eventually(sign[moment]), started.said()
    killed = started.find(victim)
    assert killed
    doomed = started.doomed_with(killed)
    assert bool(ports_of(doomed)) == (moment == "end")
    os.kill(killed.pid, signal.SIGKILL)

    assert eventually(lambda: not doomed & dict(every_process()).keys())
    started.end()
    assert started.leaves_nothing(), started.processes()
