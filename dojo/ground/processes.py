"""See that processes end: with their parent, and with all that they have started (on Linux).

Run as a program it is a reaper: it starts another program and is the ancestor of all that comes of
it. Whoever loses its parent there becomes the reaper's child, also one with a session of its own,
and is killed. When the program ends, or whoever asked for it, however that ends, the reaper kills
all and ends last. Standard library only, and run by path: it must start fast and import nothing
of ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from collections.abc import Collection

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# Nobody tells a reaper that it has got a child: it looks.
_LOOK_EVERY_MS = 100


def _prctl(option: int, value: int) -> None:
    import ctypes

    arguments = [ctypes.c_ulong(one) for one in (value, 0, 0, 0)]
    ctypes.CDLL(None).prctl(ctypes.c_int(option), *arguments)


def fork() -> int:
    """Fork; the kernel kills the child when the thread that forked ends, whatever ends it."""
    this = os.pidfd_open(os.getpid())
    pid = os.fork()
    if pid == 0:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have ended before that. `getppid` says nothing in another process namespace.
        if has_ended(this):
            os._exit(70)
    os.close(this)
    return pid


def has_ended(pidfd: int) -> bool:
    """Say whether a process has ended."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))


def adopt_orphans() -> None:
    """Have the orphans among this process's descendants become its children."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children_of(pid: int) -> list[int]:
    """Return the children that the first thread of a process has; none when it has ended."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [*map(int, file.read().split())]
    except (FileNotFoundError, ProcessLookupError):
        return []


def kill_children(spared: Collection[int] = ()) -> None:
    """Kill and bury all children, and theirs as they become this one's, until none is left.

    For a process of one thread that adopts orphans. A child is on the kernel's list until it is
    buried, so an empty list means that there is no descendant, however fast they fork.

    Args:
        spared: The children that live on.
    """
    while True:
        left = [pid for pid in children_of(os.getpid()) if pid not in spared]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(OSError):
                os.waitpid(pid, 0)


def _reap() -> None:
    """Start the program that a line of JSON on standard input names; `processes.py FD ...`.

    The descriptors are the program's, but for the first: that one is this process's own, to be let
    go of when nobody is left.
    """
    own, *inherited = map(int, sys.argv[1:])
    os.set_inheritable(own, False)
    # Its duty is to end last. It ends with the one that it serves, whom a signal may reach too.
    ignored = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    adopt_orphans()
    asked = b""
    while not asked.endswith(b"\n"):
        data = os.read(0, 65536)
        if not data:
            return
        asked += data
    program = json.loads(asked)
    pid = fork()
    if pid == 0:
        try:
            for number in ignored:
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.execv(program[0], program)
        finally:
            os._exit(127)
    for descriptor in inherited:
        os.close(descriptor)
    poll = select.poll()
    for descriptor in (0, os.pidfd_open(pid)):
        poll.register(descriptor, select.POLLIN)
    while not poll.poll(_LOOK_EVERY_MS):
        kill_children(spared=[pid])
    kill_children()


if __name__ == "__main__":
    _reap()
