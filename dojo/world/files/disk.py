"""Have a disk fail under a call: it is full, it refuses a step, a kill comes, another run comes.

The call is made in a fork, which also tells what it does with files: Python itself says it of
each step (`sys.addaudithook`), whichever function took it. The hook ends with the fork.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.world.files.machine import HAS_FORK, NoFork, become_alike
from dojo.world.files.strays import made_elsewhere

RETURNED, RAISED, KILLED = "returned", "raised", "was killed"
FULL_AFTER_BYTES = 4096
OPEN, RENAME, LINK, REMOVE, CHMOD = "open", "rename", "link", "remove", "chmod"
LIST, RMDIR = "list", "rmdir"
_STRAY = "stray"
_PATIENCE_S = 5.0
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

Call = Callable[[], object]


@dataclasses.dataclass(frozen=True)
class Step:
    """What a call is about to do with a file.

    Attributes:
        kind: OPEN (to write), RENAME, LINK, REMOVE, CHMOD, LIST, RMDIR; or `mkdir`, `truncate`.
        path: The file; of a rename or a link the new name.
        source: Of a rename the old name, where it is known.
    """

    kind: str
    path: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {os.path.basename(self.path)}"


# Told of each step in the fork, before it is taken: may kill, raise or wait.
Before = Callable[[Step], None]
Place = Callable[[], None]


def _go_on(_: Step) -> None:
    """Let each step be taken."""


def _here() -> None:
    """Stay where it is."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a call in a fork has ended.

    Attributes:
        how: RETURNED, RAISED or KILLED.
        error: What it raised, if it did.
        steps: What it did with files in the folder; of a killed one, the last is not done.
        strays: Files that it has made elsewhere and left; those of a killed one are removed.
    """

    how: str
    error: str
    steps: list[Step]
    strays: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.how} {self.error}".rstrip()


class Fork:
    """A call that is on its way in a process of its own."""

    def __init__(
        self, call: Call, folder: Path, before: Before, full: Any = None, place: Place = _here
    ) -> None:
        """Fork, and make the call.

        Args:
            call: Makes it.
            folder: Only what it does with files in this folder counts.
            before: Told of each step.
            full: On a full disk: how the signal SIGXFSZ is taken; None where there is room.
            place: Makes of the fork a process of another place.
        """
        if not HAS_FORK:
            raise NoFork
        self._told, tell = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            place()
            _make(call, os.path.realpath(folder), before, full, tell)
        os.close(tell)

    def end(self) -> Ended:
        """Wait for its end."""
        with open(self._told, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        _, status = os.waitpid(self.pid, 0)
        told = [Step(*line) for line in lines if len(line) == 2]
        steps = [step for step in told if step.kind != _STRAY]
        strays = sorted({step.path for step in told if step.kind == _STRAY})
        strays = [path for path in strays if os.path.isfile(path)]
        error = next((line[0] for line in lines if len(line) == 1), "")
        if os.WIFSIGNALED(status):
            for path in strays:  # told, and no use to anybody
                os.unlink(path)
            return Ended(KILLED, "", steps, strays)
        how = RAISED if error or os.WEXITSTATUS(status) else RETURNED
        return Ended(how, error, steps, strays)


def _make(call: Call, folder: str, before: Before, full: Any, tell: int) -> None:
    """Make the call, and end this process."""
    code = 1
    try:
        if full is not None:
            import resource  # not on Windows, where there is no fork either

            signal.signal(signal.SIGXFSZ, full)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AFTER_BYTES, hard))
        _watch(folder, before, tell)
        call()
        code = 0
    except BaseException as error:
        _tell(tell, [f"{type(error).__name__}: {error}"])
    finally:
        os._exit(code)


def _watch(folder: str, before: Before, tell: int) -> None:
    """Tell of each step in the folder before it is taken."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        stray = made_elsewhere(event, args, folder)
        if stray:
            _tell(tell, [_STRAY, stray])
        step = _step(event, args, folder)
        if step is not None:
            _tell(tell, [step.kind, step.path])
            before(step)

    sys.addaudithook(hook)


def _tell(tell: int, line: list[str]) -> None:
    os.write(tell, f"{json.dumps(line)}\n".encode())


def _step(event: str, args: tuple[Any, ...], folder: str) -> Step | None:
    """Read a step from what Python says; None if it is none, or elsewhere."""
    if event == "open":
        name, _, flags = args
        kind, at = OPEN if flags & _WRITES else "", -1
    elif event in ("os.rename", "os.link"):
        kind, name, at = event[3:], args[1], args[3]
    elif event in ("os.remove", "os.rmdir"):
        kind, name, at = event[3:], args[0], args[1]
    elif event in ("os.scandir", "os.listdir"):
        kind, name, at = LIST, "." if args[0] is None else args[0], -1
    elif event in ("os.mkdir", "os.truncate", "os.chmod"):
        kind, name, at = event[3:], args[0], -1 if event == "os.truncate" else args[-1]
    else:
        return None
    if kind in (CHMOD, LIST) and isinstance(name, int):  # of an open file; only Linux tells which
        with contextlib.suppress(OSError):
            name = os.readlink(f"/proc/self/fd/{name}")
    if not kind or isinstance(name, int):
        return None
    path = os.path.abspath(os.fsdecode(name))
    if at != -1:  # the name is relative to an open folder, as `shutil.rmtree` does it
        return Step(kind, os.fsdecode(name))
    path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    is_known = event == "os.rename" and args[2] == -1
    source = os.path.abspath(os.fsdecode(args[0])) if is_known else ""
    return Step(kind, path, source) if path.startswith(f"{folder}{os.sep}") else None


def on_a_full_disk(call: Call, folder: Path, *, is_killed: bool) -> Ended:
    """Make a call on a disk that is full after 4096 bytes of a file.

    Args:
        call: Makes it.
        folder: Where it writes.
        is_killed: The write that does not fit kills the process instead of raising OSError: no
            `except`, no `finally`.

    Returns:
        How it ended.
    """
    return Fork(call, folder, _go_on, signal.SIG_DFL if is_killed else signal.SIG_IGN).end()


def refusing(
    call: Call, folder: Path, kind: str, path: str = "", error: type[Exception] = PermissionError
) -> Ended:
    """Make a call, and refuse a kind of step, as a folder that may not be written does.

    Args:
        call: Makes it.
        folder: Where it writes.
        kind: Of the step.
        path: Only steps on this file; any for none.
        error: What the step raises; one that is no OSError comes from elsewhere in the process.

    Returns:
        How it ended.
    """
    path = path and os.path.realpath(path)

    def refuse(step: Step) -> None:
        # `shutil.move` within a folder is a rename that nothing refuses; it copies otherwise.
        is_shutils = sys._getframe(2).f_code.co_filename == shutil.__file__
        if step.kind == kind and path in ("", step.path) and not (kind == RENAME and is_shutils):
            raise error(errno.EACCES, os.strerror(errno.EACCES), step.path)

    return Fork(call, folder, refuse).end()


def overtaken(
    call: Call, other: Call, folder: Path, path: str, *, apart: bool = True
) -> tuple[Ended, Ended]:
    """Make a call, hold it before it puts a file in place, have another one made, let it go on.

    What both draw from the shared random generators is the same.

    Args:
        call: Is held.
        other: Is made meanwhile. If it waits for the first one, that one goes on after 5 s.
        folder: Where both write.
        path: The file that the first one puts in place, by a rename.
        apart: Each is made in a container of its own: by their numbers the two processes are one.
            If not, both are made on one machine.

    Returns:
        How both ended, the held one first.
    """
    is_there, arrive = os.pipe()
    may_go, let_go = os.pipe()
    path = os.path.realpath(path)

    def hold(step: Step) -> None:
        if step.kind == RENAME and step.path == path:
            os.close(arrive)
            select.select([may_go], [], [], _PATIENCE_S)

    first = Fork(call, folder, hold, place=lambda: become_alike("worker-1", apart))
    os.close(arrive)
    select.select([is_there], [], [], _PATIENCE_S)  # readable at its end, too
    name = "worker-2" if apart else "worker-1"
    second = Fork(other, folder, _go_on, place=lambda: become_alike(name, apart)).end()
    os.write(let_go, b"g")
    ended = first.end()
    for end in (is_there, may_go, let_go):
        os.close(end)
    return ended, second
