"""See what a solution has opened or started, and what of it is still there after the test."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines import imported, part_of
from dojo.laws.acts.by import is_by
from dojo.laws.rules import Ledger
from dojo.laws.state.engines import keeps_open

_PATIENCE_S = 1.0
_OTHERS = (b"resource_tracker", b"loky", b"dojo.running.elsewhere", b"dojo.world.cluster")
_DESCRIPTORS = Path("/proc/self/fd")


class Leftovers:
    """What was opened and started during a test, by whom."""

    def __init__(self, path: str) -> None:
        """Begin with nothing.

        Args:
            path: The solution's file.
        """
        self._path = path
        self._started: list[tuple[str, Callable[[], str]]] = []
        self._files = _open_files()
        self._children = _children()

    @contextlib.contextmanager
    def seen(self) -> Iterator[None]:
        """See what is opened and started for the length of a block."""
        with contextlib.ExitStack() as stack:
            self._watch(stack, threading.Thread, "start", "threads", _thread)
            self._watch(stack, subprocess.Popen, "__init__", "processes", _process)
            self._watch(stack, socket.socket, "__init__", "connections", _connection)
            # An engine's part `opened` is a function that takes `noting`: a block.
            for part in filter(None, (part_of(engine, "opened") for engine in imported())):
                stack.enter_context(part(self.noting))
            yield

    def note(self, ledger: Ledger) -> None:
        """Note what is still there; a thread that is about to end is given a moment."""
        end = time.monotonic() + _PATIENCE_S
        left = self._left()
        if left:
            gc.collect()
            while (left := self._left()) and time.monotonic() < end:
                time.sleep(0.01)
        for law, said in left:
            ledger.note(law, f"After the test {said}; your code has started it.")

    def _left(self) -> list[tuple[str, str]]:
        left = [(law, still()) for law, still in self._started]
        files = sorted(_open_files() - self._files)
        left += [("files", f"{Path(name).name!r} was still open") for name in files]
        known = {one for law, one in left if law == "processes"}
        if not known:
            children = sorted(_children() - self._children)
            left += [("processes", f"process {number} still ran") for number in children]
        return [(law, said) for law, said in left if said]

    def _watch(
        self,
        stack: contextlib.ExitStack,
        owner: type,
        name: str,
        law: str,
        still: Callable[[Any], str],
    ) -> None:
        """Have a method of Python's own note its object, when the solution calls it."""
        noting = self.noting(getattr(owner, name), law, still)
        stack.enter_context(mock.patch.object(owner, name, noting))

    def noting(
        self, real: Any, law: str, still: Callable[[Any], str], depth: int = 2
    ) -> Callable[..., Any]:
        """Return a method that notes its object, when the solution calls it.

        Args:
            real: The method.
            law: Of what is noted.
            still: Says of such an object what is still open of it; nothing if nothing is.
            depth: How many frames up the caller is.
        """

        @functools.wraps(real)
        def method(one: Any, *args: Any, **kwargs: Any) -> Any:
            result = real(one, *args, **kwargs)
            if is_by(self._path, depth):
                alive = weakref.ref(one)
                self._started.append((law, lambda: _of(alive, still)))
            return result

        return method


def _of(alive: weakref.ref[Any], still: Callable[[Any], str]) -> str:
    one = alive()
    return still(one) if one is not None else ""


def _thread(thread: threading.Thread) -> str:
    return f"the thread {thread.name!r} still ran" if thread.is_alive() else ""


def _process(process: subprocess.Popen[Any]) -> str:
    return f"the process {process.args!r} still ran" if process.poll() is None else ""


def _connection(one: socket.socket) -> str:
    return f"the socket {one!r} was still open" if one.fileno() != -1 else ""


def _open_files() -> set[str]:
    """Return the regular files that this process has open, where the system tells."""
    found = set()
    with contextlib.suppress(OSError):
        for entry in list(_DESCRIPTORS.iterdir()):
            with contextlib.suppress(OSError):
                name = os.readlink(entry)
                if os.path.isfile(name) and not keeps_open(name):
                    found.add(name)
    return found


def _children() -> set[int]:
    """Return this process's children, where the system tells; not those of libraries' own pools."""
    found = set()
    for file in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError, ValueError):
            for number in map(int, file.read_text().split()):
                command = Path(f"/proc/{number}/cmdline").read_bytes()
                if command and not any(one in command for one in _OTHERS):
                    found.add(number)
    return found
