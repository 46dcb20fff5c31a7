"""Start and end a cluster for a test.

Where there is a fork its members are forks of a process that was forked before there were threads,
and has imported all: a cluster starts in a third of a second. Elsewhere each is a program.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.ground import processes
from dojo.ground.run_folder import CAN_FORK, Forked
from dojo.world.cluster.member import SOCKETS_EACH, be_member, import_all
from dojo.world.cluster.noted import SLOT, Cluster, counts_of, notes_of
from dojo.world.history import ran_elsewhere
from dojo.world.http.bound import let_go

_MEMBER = "dojo.world.cluster.member"
_ENDED_EARLY = "a process of the cluster ended before it was ready"


class ClusterFault(Exception):
    """The cluster does not start; the message says what it said."""


class Nursery:
    """Where clusters come from, one at a time; made while this process has one thread."""

    def __init__(self) -> None:
        """Fork the process that forks them, where there is a fork."""
        self._programs: list[subprocess.Popen[str]] = []
        self._forked: Forked | None = None
        if CAN_FORK:
            import_all()
            asked, self._asking = os.pipe()
            self._answers, answering = os.pipe()
            self._forked = Forked(lambda: _breed(asked, answering), None)
            os.close(asked)
            os.close(answering)
            self._reading = os.fdopen(self._answers, encoding="utf-8")

    @contextlib.contextmanager
    def cluster(
        self, folder: Path, solution: Path | None, *, workers: int = 2, failures: int = 3
    ) -> Iterator[Cluster]:
        """Run a cluster for the length of a block.

        Args:
            folder: An empty one, for its notes.
            solution: The file that a worker imports.
            workers: How many there are; each works at one task at a time.
            failures: How many workers Dask lets a task outlive (`allowed-failures`).

        Raises:
            ClusterFault: It does not start.
        """
        notes_of(folder).touch()
        counts_of(folder).write_bytes(bytes(SLOT.size * (workers + 1)))
        asked = {
            "folder": str(folder),
            "solution": str(solution or ""),
            "workers": workers,
            "failures": failures,
        }
        try:
            start = self._start_forks if self._forked else self._start_programs
            address, pids = start(asked)
            made = Cluster(folder, address, pids)
            ran_elsewhere.append(made.told)
            yield made
        finally:
            ran_elsewhere.clear()
            self._end_members()

    def close(self) -> None:
        """End it."""
        if self._forked:
            self._forked.kill()
            os.close(self._asking)
            self._reading.close()

    def _start_forks(self, asked: dict[str, Any]) -> tuple[str, list[int]]:
        os.write(self._asking, (json.dumps(asked) + "\n").encode())
        told = json.loads(self._reading.readline() or "{}")
        if "address" not in told:
            raise ClusterFault(told.get("fault", _ENDED_EARLY))
        return told["address"], told["pids"]

    def _start_programs(self, asked: dict[str, Any]) -> tuple[str, list[int]]:
        address, pids = "", []
        for number in range(asked["workers"] + 1):
            given = json.dumps({**asked, "number": number, "address": address})
            program = subprocess.Popen(
                [sys.executable, "-m", _MEMBER, given],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
            self._programs.append(program)
            assert program.stdout is not None
            said = program.stdout.readline().strip()
            if not said:
                raise ClusterFault(_ENDED_EARLY)
            address = address or said
            pids.append(program.pid)
        return address, pids[1:]

    def _end_members(self) -> None:
        if self._forked:
            os.write(self._asking, b"null\n")
            self._reading.readline()
        for program in reversed(self._programs):
            program.kill()
            program.communicate()
        self._programs.clear()


# In the process that forks


def _breed(asked: int, answering: int) -> None:
    """Start and end what is asked for, until nobody can ask any more."""
    members: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: _let_go_of_the_dead(members))
    with os.fdopen(asked, encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            if given:
                told = _start_members(given, members)
            else:
                for pid in reversed(members):  # no worker is to miss its scheduler
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                members.clear()
                let_go()
                told = {"ended": True}
            os.write(answering, (json.dumps(told) + "\n").encode())


def _let_go_of_the_dead(members: list[int]) -> None:
    """Have nobody listen for a member that was killed, as where it has a machine of its own."""
    for number, pid in enumerate(members):
        with contextlib.suppress(ChildProcessError):  # it was waited for
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                let_go(SOCKETS_EACH * number, SOCKETS_EACH)


def _start_members(given: dict[str, Any], members: list[int]) -> dict[str, Any]:
    address = ""
    for number in range(given["workers"] + 1):
        reading, writing = os.pipe()
        pid = processes.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(reading)
            nothing = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(nothing, standard)
            sys.stdout = sys.stderr = os.fdopen(nothing, "w", encoding="utf-8")
            try:
                with os.fdopen(writing, "w", encoding="utf-8") as telling:
                    be_member({**given, "number": number, "address": address}, telling)
            finally:
                os._exit(70)
        os.close(writing)
        members.append(pid)
        with os.fdopen(reading, encoding="utf-8") as told:
            said = told.readline().strip()
        if not said.startswith("tcp://"):
            return {"fault": said or _ENDED_EARLY}
        address = address or said
    return {"address": address, "pids": members[1:]}
