"""In a warm parent: import, start and rehearse what a kata needs, once for all forks."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.engines import ENGINES, imported, part_of, start
from dojo.engines.protocol import Say
from dojo.engines.waiting import told_if_long
from dojo.ground.run_folder import Forked, Room, freeze
from dojo.laws.state.changes import read_state
from dojo.running.elsewhere.client import names_imported_by
from dojo.running.error_lines import faults_of_engine

# The parts of engines that each fork asks for.
_IN_EACH_RUN = ("opened", "told", "watched")


class Preparing:
    """What this process has for its forks; what no kata has asked for, none of them pays for.

    Attributes:
        names: The engines that were started.
        addresses: Those of the engines that have one, by name, while they run.
    """

    def __init__(self, room: Room, once_ended: Callable[[str], None] | None = None) -> None:
        """Prepare nothing yet.

        Args:
            room: This process's own.
            once_ended: For forks that start engines of their own: each is ended as soon as it was
                rehearsed, and this called with its name. None: forks find them running.
        """
        self._room = room
        self._once_ended = once_ended
        self._engines = contextlib.ExitStack()
        self._katas: set[str] = set()
        self.names: set[str] = set()
        self.addresses: dict[str, str] = {}

    def prepare(self, kata: Kata, say: Say = lambda _: None) -> None:
        """Import what a kata needs and start its engines.

        Args:
            kata: It has all `needs` of the solution too; see `for_solution`.
            say: Is told, in one line, why something takes a while.

        Raises:
            EngineError: One does not start.
        """
        missing = sorted((set(kata.needs) & ENGINES.keys()) - self.names)
        if kata.id in self._katas and not missing:
            return
        what = f"what {kata.id} needs: {', '.join(missing) or 'imports'}"
        with _no_thread_more(), told_if_long(say, what):
            for name in sorted(names_imported_by(kata.reference_file)):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        for name in missing:
            if self._once_ended is None:
                self._start(name, say, self._engines)
            else:
                # No later than here: a fork would inherit its sockets, and a server it cannot end.
                with contextlib.ExitStack() as until:
                    self._start(name, say, until)
                self._once_ended(name)
            self.names.add(name)
        for engine in imported():
            for part in _IN_EACH_RUN:
                part_of(engine, part)
        with _no_thread_more():
            read_state()  # what it searches for once, such as pools of threads, forks know
        self._katas.add(kata.id)
        freeze()

    def are_alive(self) -> bool:
        """Say whether all engines that forks are to find running do run."""
        return all(ENGINES[name].is_alive() for name in self.names)

    def close(self) -> None:
        """End the engines; what was imported stays."""
        self._engines.close()

    def _start(self, name: str, say: Say, until: contextlib.ExitStack) -> None:
        """Start an engine, and do what a first run would do: import, and settle."""
        with _no_thread_more():
            with faults_of_engine(name):
                address = start(name, self._room, say, until)
            if address:
                self.addresses[name] = address
            self._learn_lazy_imports(ENGINES[name].rehearse)
            with contextlib.suppress(Exception):
                ENGINES[name].settle(self._room.folder(f"settled-{name}"))

    def _learn_lazy_imports(self, rehearse: Callable[[Path], None]) -> None:
        """Import what an engine imports lazily in a first run, as a fork that makes one tells."""
        reading, writing = os.pipe()

        def tell() -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what it logs would explain no fault
            before = set(sys.modules)
            with contextlib.suppress(Exception), tempfile.TemporaryDirectory() as folder:
                rehearse(Path(folder))
            with os.fdopen(writing, "w") as telling:
                telling.write(json.dumps(sorted(set(sys.modules) - before)) + "\n")

        process = Forked(tell, self._room)
        os.close(writing)  # or, if the fork dies, the line would never come to an end
        with os.fdopen(reading, "rb") as told:
            line = told.readline()  # not to the end: what the fork has started may hold it open
        process.kill()
        for name in json.loads(line) if line else []:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


@contextlib.contextmanager
def _no_thread_more() -> Iterator[None]:
    """See that a block leaves no thread, before there is a fork.

    The fork would not have it, but any lock that it held, for ever. (Those that were there before,
    of engines that have ended, idle.)
    """
    threads = threading.enumerate()
    yield
    assert threading.enumerate() == threads, threading.enumerate()
