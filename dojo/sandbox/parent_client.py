"""The grader's side of the warm parent: start it, have it open sandboxes, start it again."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.engines.templates import EngineError
from dojo.ground import processes
from dojo.ground.janitor import clear_up
from dojo.ground.paths import cache_dir
from dojo.ground.run_folder import Room, end_of_log
from dojo.ground.safe_text import with_log
from dojo.sandbox.client import GuardFault, Sandbox
from dojo.sandbox.walls import Level, Limits
from dojo.wire.fork_client import ForkClient, ForkRefused
from dojo.wire.line import LineBroken, LineClosed

_PROGRAM = "dojo.inside.parent"
_START_TIMEOUT_S = 180.0
_CLOSE_TIMEOUT_S = 10.0
_LOOK_EVERY_S = 0.05


class Parent:
    """The grader's view of the warm parent; may be used from several threads."""

    def __init__(self, root: Path, level: Level, limits: Limits) -> None:
        """Start it, and wait until it can fork.

        Args:
            root: The checkout that holds the katas.
            level: The walls of each sandbox.
            limits: What a submission may use.

        Raises:
            EngineError: It does not start.
        """
        self.level: Level = level
        self.limits = limits
        self.root = root
        self._lock = threading.Lock()
        self._is_closed = False
        # Of this process: it outlives the warm parent, and the janitor outlives both.
        self.room = Room()
        try:
            self._start()
        except BaseException:
            self.room.close()
            raise

    def _start(self) -> None:
        self._folder = self.room.folder("parent")
        # Beside that one: no sandbox has a log in its folder.
        self._logs = self.room.folder("logs")
        self._log = self._logs / "warm-parent.log"
        words = [str(self.root), str(self._folder)]
        self._forks = ForkClient(_PROGRAM, *words, launch=self._launch)
        with contextlib.ExitStack() as undo:
            undo.callback(self._end)
            try:
                self.pid = self._forks.await_ready(_START_TIMEOUT_S)
            except ForkRefused as error:
                why = str(error) or "the warm parent does not start: run 'dojo doctor'"
                raise EngineError(with_log(why, end_of_log(self._log))) from None
            undo.pop_all()

    def _launch(self, words: list[str], descriptor: int) -> subprocess.Popen[bytes]:
        """Have a reaper start it; see `dojo/ground/processes.py`.

        The reaper has the key of the room: the janitor comes when this process and all that came
        of the warm parent have ended.
        """
        kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["DOJO_CACHE"] = str(cache_dir())
        environment["PYTHONHASHSEED"] = "random"
        # glibc sets 128 MB of addresses aside for each thread: fourteen threads were the limit.
        environment["MALLOC_ARENA_MAX"] = "2"
        descriptors = [self.room.key, descriptor]
        with self._log.open("wb") as log:  # an earlier parent's is over
            reaper = subprocess.Popen(
                [sys.executable, "-I", "-S", processes.__file__, *map(str, descriptors)],
                pass_fds=descriptors,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,  # also of the parent, which inherits it
                env=environment,
                start_new_session=True,
                cwd=self.root,
            )
        # It stays open as long as this process lives: its end is the order to kill all.
        assert reaper.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: nobody will say that it is ready
            reaper.stdin.write(json.dumps([sys.executable, "-I", *words]).encode() + b"\n")
            reaper.stdin.flush()
        return reaper

    def _revive(self) -> None:
        """Start it again if somebody has killed it."""
        with self._lock:
            if self._is_closed:
                raise GuardFault("the grading was stopped")
            if self._forks.process.poll() is not None or self._forks.has_ended():
                self._end()
                self._start()

    @contextlib.contextmanager
    def sandbox(self, fill: Callable[[Path], None], kata: Kata | None = None) -> Iterator[Sandbox]:
        """Open a sandbox for the length of a block.

        Args:
            fill: Puts what the submission may read into the folder `given`.
            kata: Whose engines run in it; the first sandbox of a kata waits for their imports.

        Yields:
            The sandbox.

        Raises:
            EngineError: An engine does not start.
            GuardFault: It does not open.
        """
        self._revive()
        folder = Path(tempfile.mkdtemp(prefix="dojo-sandbox-", dir=self._folder))
        log = self._logs / f"process-1-{folder.name.rpartition('-')[2]}.log"
        sandbox = None
        try:
            for name in ("given", "work", "tmp", "home", "engine"):
                (folder / name).mkdir()
            fill(folder / "given")
            request = {
                "kata": kata.id if kata else "",
                "needs": kata.needs if kata else [],
                "room": str(folder),
                "log": str(log),
                "level": self.level,
                "limits": dataclasses.asdict(self.limits),
            }
            with self._lock:
                try:
                    line, keeper = self._forks.fork(request, timeout_s=_START_TIMEOUT_S)
                except ForkRefused as error:
                    raise EngineError(with_log(str(error), end_of_log(self._log))) from None
                except (LineClosed, LineBroken, TimeoutError) as error:
                    why = f"the warm parent is gone ({error})"
                    raise GuardFault(why, end_of_log(self._log)) from None
            sandbox = Sandbox(line, keeper, folder, log, self.room.path, self.limits)
            sandbox.open(kata.needs if kata else [])
            yield sandbox
        finally:
            # First all that is in it ends: what still writes into a folder keeps it.
            if sandbox is not None:
                sandbox.close()
            clear_up(folder)
            log.unlink(missing_ok=True)

    def close(self) -> None:
        """End the parent and all sandboxes, for good."""
        self._is_closed = True
        # A thread may have the lock, and wait for the parent: with that one's end it goes on.
        while not self._lock.acquire(timeout=_LOOK_EVERY_S):
            self._order_end()
        try:
            self._end()
            self.room.close()
        finally:
            self._lock.release()

    def _end(self) -> None:
        """Have the reaper kill the parent with all that came of it, and remove its folder."""
        self._forks.hang_up()
        self._order_end()
        self._forks.await_end(_CLOSE_TIMEOUT_S)
        clear_up(self._folder)

    def _order_end(self) -> None:
        """Have the reaper kill all, from any thread."""
        reaper = self._forks.process
        assert reaper.stdin is not None
        with contextlib.suppress(OSError):
            reaper.stdin.close()

    def __enter__(self) -> Parent:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
