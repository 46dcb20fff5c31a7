"""Be process 1 of one sandbox: enter its walls, start its engines, do what the grader says.

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
import re
import resource
import select
import socket
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.engines import ENGINES
from dojo.ground import processes
from dojo.ground.endings import Ending
from dojo.ground.janitor import clear
from dojo.sandbox.calls.answered import Asked
from dojo.sandbox.home import FOLDERS, Corner, clear_all_but, has_written_more, read_left_file
from dojo.sandbox.job import Held, Job, give_up_all, hold
from dojo.sandbox.walls import (
    Level,
    Limits,
    enter_namespaces,
    furnish_namespaces,
    limit_engines,
)
from dojo.wire.line import Line, LineClosed

_LOOK_EVERY_S = 0.25
# Of an address on the loopback: http://127.0.0.1:4200/api.
_PORT = re.compile(r":(\d+)(?:/|$)")


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
        self._addresses: dict[str, str] = {}
        self._database = ""
        self._api: socket.socket | None = None
        self._held: Held | None = None
        self._ending = Ending("stopped")
        self._asked: Asked | None = None
        for name in (*FOLDERS, "engine", "given"):
            (room / name).mkdir(exist_ok=True)

    def serve(self) -> None:
        """Do what the supervisor says until it hangs up.

        It speaks first, and each order has one answer: so nothing else is under way on the line
        when descriptors come with an order.
        """
        while True:
            while self._level == "landlock" and not self._line.is_ready(0):
                self._answer_until(self._line.fileno(), _LOOK_EVERY_S)
                self._stop_who_writes_more()
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
        for name in sorted(ENGINES.keys() & set(needs)):
            self._start_engine(name)
        told = {"open": True, "port": port, "database": self._database}
        self._line.send(told, [self._api.fileno()])

    def _start_engine(self, name: str) -> None:
        """Have an engine run here, if it is one that runs beside a submission."""
        engine = ENGINES[name]
        if engine.inside is None:
            return
        folder = str(self._room / "engine")
        tempfile.tempdir = folder
        os.environ.update(TMPDIR=folder, HOME=folder)
        opened = engine.inside(Corner(self._room / "engine"), lambda _: None)
        if address := self._engines.enter_context(opened):
            self._addresses[name] = address
        if (database := engine.database()) is not None:
            self._database = str(database.relative_to(self._room))

    def _start(self, message: dict[str, Any], end: int) -> None:
        token = str(message["told"]["token"])
        clear_all_but(self._room, token)
        job = Job(
            kind=message["kind"],
            room=self._room,
            addresses=self._addresses,
            told=message["told"],
            line=Line(socket.socket(fileno=end)),
        )
        limits = Limits(**message["limits"])
        self._ending = Ending("stopped")
        ours, theirs = socket.socketpair()
        self._held = hold(lambda: self._become(job, limits, theirs), self._level, limits)
        # The fork has it: as long as it is open here, nobody outside would see the fork's death.
        job.line.close()
        theirs.close()
        with ours:
            _, asked, _, _ = socket.recv_fds(ours, 1, 1)
        if asked:
            self._asked = Asked(asked[0], [self._room / name for name in FOLDERS])
        self._line.send({"started": True})

    def _become(self, job: Job, limits: Limits, end: socket.socket) -> None:
        """Be the fork: the process that holds the submission."""
        # Its copies: who has this line gives orders, who has that socket answers as the API.
        self._line.close()
        ports = []
        if self._api is not None:
            self._api.close()
            ports.append(int(job.told.get("port") or 0))
        named = map(_PORT.search, self._addresses.values())
        ports += [int(found[1]) for found in named if found is not None]
        asked = give_up_all(job, self._level, limits, ports)
        with end:
            if asked is not None:
                socket.send_fds(end, [b"x"], [asked])
                os.close(asked)
        self._be_submission(job)

    def _end(self, grace_s: float) -> None:
        """Kill what holds the submission, and all of it; tell how it had ended, if it had."""
        held, self._held = self._held, None
        if held is not None:
            self._answer_until(held.pidfd, grace_s)
            self._ending = held.end(spared=_engines_pids())
        self._forget_asked()
        self._line.send({"ended": dataclasses.asdict(self._ending)})

    def _answer_until(self, awaited: int, wait_s: float) -> None:
        """Do what the kernel asks for, until there is something on a descriptor or time is up."""
        until = time.monotonic() + wait_s
        while (left := until - time.monotonic()) > 0:
            poll = select.poll()
            poll.register(awaited, select.POLLIN)
            if self._asked is not None:
                poll.register(self._asked, select.POLLIN)
            events = dict(poll.poll(left * 1000))
            if awaited in events:
                return
            if self._asked is not None and events:
                if events[self._asked.fileno()] & select.POLLIN:
                    self._asked.answer()
                else:  # nobody is left who could ask
                    self._forget_asked()

    def _forget_asked(self) -> None:
        if self._asked is not None:
            self._asked.close()
            self._asked = None

    def _stop_who_writes_more(self) -> None:
        """End a submission that fills the machine's disk, where it has none of its own to fill."""
        held, spared = self._held, _engines_pids()
        if held is None:
            return
        pids = [one for one in processes.children_of(os.getpid()) if one not in spared]
        if has_written_more(self._room, held.limits.disk_mb, pids):
            held.end(spared)
            self._held, self._ending = None, Ending("output")

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
        # Before it is filled: a pipe holds less than a file, the rest waits for who reads. And not
        # kept here: if nobody reads any more, writing must fail.
        self._line.send({"size": len(data)}, [reading])
        os.close(reading)
        with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            pipe.write(data)


def _engines_pids() -> list[int]:
    return [pid for engine in ENGINES.values() for pid in engine.pids()]


def keep(
    end: int,
    room: Path,
    log: Path,
    new_root: Path,
    level: Level,
    limits: Limits,
    be_submission: Callable[[Job], None],
) -> None:
    """Be the fork of the warm parent that becomes a sandbox; never returns.

    Args:
        end: The file descriptor of the line to the supervisor.
        room: The folder with what the supervisor has put in; the same path inside.
        log: What to say on standard error goes there; a path outside, for the supervisor.
        new_root: An empty folder to build the new file system on.
        level: Which walls to enter.
        limits: For the size of the file systems in memory.
        be_submission: What a process behind the walls does: the only thing here that knows of
            submissions, handed down from above.
    """
    line = Line(socket.socket(fileno=end))
    _close_all_but(end)
    try:
        _log_to(log)  # now: behind the walls that path is no more
        if level == "strict":
            enter_namespaces()
            pid = processes.fork()
            if pid:  # the line is process 1's: with a copy here its death would be no end of it
                line.close()
                os.waitpid(pid, 0)
                os._exit(0)
            furnish_namespaces(new_root, room, limits)
        else:
            processes.adopt_orphans()
        limit_engines(limits)
        for engine in ENGINES.values():
            engine.isolate_inside()
        Keeper(line, room, level, be_submission).serve()
    except BaseException as error:
        with contextlib.suppress(Exception):
            traceback.print_exc()  # first: who reads the fault, reads the log then
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}, line {place.lineno}"
            line.send({"fault": f"{type(error).__name__}: {error} ({where})"})
    finally:
        if level == "landlock":
            with contextlib.suppress(Exception):
                processes.kill_children()
                clear(room)
        os._exit(0)


def _log_to(log: Path) -> None:
    """Have standard error go to a file; a process that holds a submission has another."""
    writing = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(writing, 2)
    os.close(writing)


def _close_all_but(end: int) -> None:
    """Keep standard streams, as the warm parent has them, and one line."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = min(limit, 65536)
    os.closerange(3, end)
    os.closerange(end + 1, most)
