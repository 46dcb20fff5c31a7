"""Keep one sandbox: its walls, its engines, and the processes that hold a submission.

The keeper is a fork of the warm parent and process 1 of its own namespaces. It never runs a line
of a submission: each process that does is in a further process namespace, so that all that it
leaves behind dies with it. The keeper does what the supervisor outside says, and dies with the
line to it; then the kernel kills the rest. Without namespaces the keeper adopts the orphans, and
kills all its children before it ends; if it is killed itself, the reaper of the warm parent does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import select
import signal
import socket
import stat
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from dojo.engines.mlflow import engine as mlflow
from dojo.engines.prefect import engine as prefect
from dojo.ground import processes
from dojo.ground.endings import Ending
from dojo.ground.janitor import clear
from dojo.ground.run_folder import Room
from dojo.sandbox import kernel
from dojo.sandbox.home import enter_home
from dojo.sandbox.job import Job
from dojo.sandbox.walls import (
    Level,
    Limits,
    confine,
    ending_within,
    enter_namespaces,
    furnish_namespaces,
    limit_resources,
)
from dojo.wire.line import Line, LineClosed

_MOST_READ = 64 << 20
# Any program that waits will do; these are nearly everywhere.
_WAITING = next(
    ([path, "10000000"] for path in ("/bin/sleep", "/usr/bin/sleep") if os.path.exists(path)),
    [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"],
)


class Corner(Room):
    """A room without a janitor: whoever made the folder removes it, and all here have a reaper."""

    def __init__(self, path: Path) -> None:
        """Use an existing folder."""
        self.path = path

    def adopt(self, group: int) -> None:
        """Do nothing: the group dies with this process."""

    def release(self, group: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class _Held(NamedTuple):
    """A process that holds a submission, and the first one of its namespace, if it has one."""

    pid: int
    pidfd: int
    first: int | None
    limits: Limits


class Keeper:
    """The trusted process inside."""

    def __init__(
        self, line: Line, room: Path, level: Level, be_submission: Callable[[Job], None]
    ) -> None:
        """Take over the walls that were entered."""
        self._be_submission = be_submission
        self._line = line
        self._room = room
        self._level: Level = level
        self._engines = contextlib.ExitStack()
        self._api_url = ""
        self._api: socket.socket | None = None
        self._held: _Held | None = None
        for name in ("work", "tmp", "home", "engine", "given"):
            (room / name).mkdir(exist_ok=True)

    def serve(self) -> None:
        """Do what the supervisor says until it hangs up."""
        while True:
            try:
                message, fds = self._line.receive_with_fds()
            except LineClosed:
                return
            kind = str(message["do"])
            if kind == "open":
                self._open(message["needs"])
            elif kind == "start":
                self._start(message, fds[0])
            elif kind == "end":
                self._end(float(message["grace_s"]))
            elif kind == "write":
                self._write(message)
            elif kind == "read":
                self._read(message)

    def _open(self, needs: list[str]) -> None:
        """Start the engines, and listen where the supervisor's own server is to be reached."""
        self._api = socket.create_server(("127.0.0.1", 0))
        port = self._api.getsockname()[1]
        if "prefect" in needs:
            folder = str(self._room / "engine")
            tempfile.tempdir = folder
            os.environ.update(TMPDIR=folder, HOME=folder, PREFECT_HOME=folder)
            corner = Corner(self._room / "engine")
            self._api_url = self._engines.enter_context(prefect.harness(corner, lambda _: None))
        self._line.send(
            {"open": True, "port": port, "database": self._database()}, [self._api.fileno()]
        )

    def _database(self) -> str:
        """Return where the engine's database is, below the room."""
        if not self._api_url:
            return ""
        from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

        path = Path(str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value()).split(":///", 1)[1])
        return str(path.relative_to(self._room))

    def _start(self, message: dict[str, Any], end: int) -> None:
        limits = Limits(**message["limits"])
        self._clear_but(str(message["told"]["token"]))
        job = Job(
            kind=message["kind"],
            room=self._room,
            api_url=self._api_url,
            told=message["told"],
            line=Line(socket.socket(fileno=end)),
        )
        self._held = self._fork(lambda: self._become(job, limits), limits)
        job.line.close()
        self._line.send({"started": True})

    def _clear_but(self, token: str) -> None:
        """Remove what earlier processes have left: all of them are dead."""
        for name in ("work", "tmp", "home"):
            (self._room / name).chmod(0o755)  # they could change that
            for path in (self._room / name).iterdir():
                if path.is_symlink() or not path.is_dir():
                    path.unlink()
                elif path.name != token:
                    clear(path)

    def _become(self, job: Job, limits: Limits) -> None:
        """Be the process that holds the submission: give up all that it must not have."""
        self._line.close()
        if self._api is not None:
            self._api.close()
        enter_home(job.room, str(job.told["token"]))
        ports = [] if self._api is None else [int(job.told.get("port") or 0)]
        if self._api_url:
            ports.append(int(self._api_url.rsplit(":", 1)[1].split("/", 1)[0]))
        limit_resources(limits)
        writable = [self._room / name for name in ("work", "tmp", "home")]
        confine(self._level, writable, [self._room / "given"], ports)
        self._be_submission(job)

    def _fork(self, main: Callable[[], None], limits: Limits) -> _Held:
        """Fork the process that holds a submission, the second of a process namespace of its own.

        The first one, with whom all others end, only waits: it is a small program, as each fork of
        this large process costs as much as twenty starts of that.
        """
        sys.stdout.flush()
        first = None
        if self._level == "strict":
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
        return _Held(pid, os.pidfd_open(pid), first, limits)

    def _end(self, grace_s: float) -> None:
        """Kill what holds the submission, and all of it; tell how it had ended, if it had."""
        held, self._held = self._held, None
        if held is None:
            self._line.send({"ended": dataclasses.asdict(Ending("stopped"))})
            return
        ended_itself = bool(select.select([held.pidfd], [], [], grace_s)[0])
        os.close(held.pidfd)
        # The kernel lets the first one go when all others are gone, this one also from here.
        for pid in filter(None, (held.first, held.pid)):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):  # at once, however fast they fork; the rest one by one
            os.killpg(held.pid, signal.SIGKILL)
        _, status, usage = os.wait4(held.pid, 0)
        if held.first is not None:
            os.waitpid(held.first, 0)
        else:
            processes.kill_children(spared=[_server_pid()])
        code = os.waitstatus_to_exitcode(status) if ended_itself else None
        ending = ending_within(held.limits, code, usage.ru_maxrss)
        self._line.send({"ended": dataclasses.asdict(ending)})

    def _write(self, message: dict[str, Any]) -> None:
        path = self._room / message["folder"] / message["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(message["text"], encoding="utf-8")
        self._line.send({"written": str(path)})

    def _read(self, message: dict[str, Any]) -> None:
        """Send a file that a submission or an engine has left; nothing else is ever opened."""
        try:
            data = read_left_file(self._room, message["path"])
        except OSError as error:
            self._line.send({"missing": error.strerror or "no file"})
            return
        reading, writing = os.pipe()
        self._line.send({"size": len(data)}, [reading])
        os.close(reading)
        with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            pipe.write(data)


def read_left_file(room: Path, relative: str) -> bytes:
    """Read a regular file below `room`, following no link on the way.

    Raises:
        OSError: There is none, a link is on the way, or it is longer than 64 MB.
    """
    where = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
    try:
        *folders, name = Path(relative).parts
        for folder in folders:
            if folder in ("..", "/"):
                raise OSError(0, "leads outside")
            deeper = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
            os.close(where)
            where = deeper
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=where)
    finally:
        os.close(where)
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is no regular file")
        if status.st_size > _MOST_READ:
            raise OSError(0, "is too long")
        return opened.read(_MOST_READ)


def _server_pid() -> int:
    process = prefect.server_process()
    return process.pid if process is not None else -1


def keep(
    end: int,
    room: Path,
    new_root: Path,
    level: Level,
    limits: Limits,
    be_submission: Callable[[Job], None],
) -> None:
    """Be the fork of the warm parent that becomes a sandbox; never returns.

    Args:
        end: The file descriptor of the line to the supervisor.
        room: The folder with what the supervisor has put in; the same path inside.
        new_root: An empty folder to build the new file system on.
        level: Which walls to enter.
        limits: For the size of the file systems in memory.
        be_submission: What a process behind the walls does: the only thing here that knows of
            submissions, handed down from above.
    """
    line = Line(socket.socket(fileno=end))
    _close_all_but(end)
    try:
        if level == "strict":
            enter_namespaces()
            pid = processes.fork()
            if pid:
                line.close()
                os.waitpid(pid, 0)
                os._exit(0)
            furnish_namespaces(new_root, room, limits)
        else:
            processes.adopt_orphans()
        mlflow.isolate()
        Keeper(line, room, level, be_submission).serve()
    except BaseException as error:
        with contextlib.suppress(Exception):
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}, line {place.lineno}"
            line.send({"fault": f"{type(error).__name__}: {error} ({where})"})
    finally:
        if level == "landlock":
            with contextlib.suppress(Exception):
                processes.kill_children()
                clear(room)
        os._exit(0)


def _close_all_but(end: int) -> None:
    """Keep standard streams (all to /dev/null in the warm parent) and one line."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = min(limit, 65536)
    os.closerange(3, end)
    os.closerange(end + 1, most)
