"""Start and end a process that holds a submission: in process 1, whose fork it is, and in itself.

Process 1 forks it, and is its parent; between the fork and the submission's first line it gives up
here all that it must not have.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import signal
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

from dojo.ground import processes
from dojo.ground.endings import Ending
from dojo.sandbox import kernel
from dojo.sandbox.home import FOLDERS, enter_home
from dojo.sandbox.walls import Level, Limits, confine, ending_within, limit_resources
from dojo.wire.line import Line
from dojo.world.http.bound import bind_some

# Any program that waits will do; these are nearly everywhere.
_WAITING = next(
    ([path, "10000000"] for path in ("/bin/sleep", "/usr/bin/sleep") if os.path.exists(path)),
    [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"],
)
# A cluster of Dask's has most: two for its scheduler and for each of three workers.
_SOCKETS = 8


@dataclasses.dataclass(frozen=True)
class Job:
    """What a process is to be.

    Attributes:
        kind: `examine`, `run_apart`, `test` or `probe`.
        room: The sandbox's folder: `given` is read-only, `work`, `tmp` and `home` are its own.
        addresses: Those of the engines that run in the sandbox, by name.
        told: What else the supervisor says, by kind.
        line: The line to the supervisor.
    """

    kind: str
    room: Path
    addresses: dict[str, str]
    told: dict[str, Any]
    line: Line


class Held(NamedTuple):
    """A process that holds a submission, and the first one of its namespace, if it has one."""

    pid: int
    pidfd: int
    first: int | None
    limits: Limits

    def end(self, spared: Collection[int] = ()) -> Ending:
        """Kill it, and all that came of it.

        Args:
            spared: The children of process 1 that live on where there is no namespace to end.

        Returns:
            How it had ended; `stopped` if it had to be killed.
        """
        ended_itself = bool(select.select([self.pidfd], [], [], 0)[0])
        os.close(self.pidfd)
        # The kernel lets the first one go when all others are gone, this one also from here.
        for pid in filter(None, (self.first, self.pid)):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):  # at once, however fast they fork; the rest one by one
            os.killpg(self.pid, signal.SIGKILL)
        # Not before it is buried can anybody else get its number, or its group's.
        _, status, usage = os.wait4(self.pid, 0)
        if self.first is not None:
            os.waitpid(self.first, 0)
        else:
            processes.kill_children(spared)
        code = os.waitstatus_to_exitcode(status) if ended_itself else None
        return ending_within(self.limits, code, usage.ru_maxrss)


def hold(main: Callable[[], None], level: Level, limits: Limits) -> Held:
    """Fork a process that holds a submission, the second of a process namespace of its own.

    The first one, with whom all others end, only waits: it is a small program, as each fork of
    this large process costs as much as twenty starts of that.

    Args:
        main: What the fork does.
        level: At `landlock` there is no namespace, and it is a child like any other.
        limits: What it may use: how it ended is told by them.
    """
    sys.stdout.flush()
    first = None
    if level == "strict":
        kernel.unshare(kernel.CLONE_NEWPID)
        # Who dies unattended becomes a child of the first one, which is told to care for none.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        first = os.posix_spawn(_WAITING[0], _WAITING, {})
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = processes.fork()
    if pid == 0:
        code = 70
        try:
            os.setsid()
            main()
            code = 0
        finally:
            os._exit(code)
    if first is not None:
        kernel.return_to_own_process_namespace()
    return Held(pid, os.pidfd_open(pid), first, limits)


def give_up_all(job: Job, level: Level, limits: Limits, ports: list[int]) -> int | None:
    """Give up, in the fork, what a process that holds a submission must not have.

    Args:
        job: What it is to be.
        level: The walls that process 1 has entered.
        limits: What it may use.
        ports: The only ones of the loopback that it may connect to, at level `landlock`.

    Returns:
        What `confine` does: it is for process 1.
    """
    # Standard error is the log of process 1 until here: from here on, a file of its own.
    enter_home(job.room, str(job.told["token"]))
    limit_resources(limits)
    if level == "landlock":
        # A pool of joblib's needs /dev/shm, where all of the machine meet: one core, and no pool.
        os.environ["LOKY_MAX_CPU_COUNT"] = "1"
        if job.kind in ("test", "examine"):  # it plays webhooks, a cluster; and may bind nothing
            ports = [*ports, *bind_some(_SOCKETS)]
    # The walls last: they leave it nothing that it could still take from itself.
    return confine(level, [job.room / name for name in FOLDERS], [job.room / "given"], ports)
