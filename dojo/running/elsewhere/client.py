"""In whoever runs tests, and in its forks: start the second parent, and ask it for calls."""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dojo.engines import ENGINES
from dojo.ground.endings import Ending
from dojo.ground.run_folder import Room
from dojo.running.solution import SolutionFault
from dojo.wire.fork_client import ForkClient, launch
from dojo.wire.line import LineBroken, LineClosed
from dojo.world.locales import STARTED_WITH

# What may be imported before a solution is known: the libraries that the katas teach.
_TAUGHT = {"httpx", "numpy", "pandas", "requests", "sklearn"}
# What a library imports when it is first used: better once, before the forks.
_LAZY = {"pandas": ("pandas.io.formats.csvs", "pandas.io.parsers")}
_START_TIMEOUT_S = 60.0
_OTHER_SEED = "20260329"
_OF_LOCALE = (
    " (That process has another locale: where no encoding is named, text files are ASCII there, as"
    ' they are of another encoding on another machine. Name it: encoding="utf-8".)'
)


class RaisedElsewhereError(Exception):
    """What a call in another process raised: its class's name, and its text."""

    def __init__(self, kind: str, text: str, ending: Ending | None) -> None:
        """Say what was raised there, and what ended with it."""
        hint = _OF_LOCALE if kind in ("UnicodeDecodeError", "UnicodeEncodeError") else ""
        super().__init__(f"in another process: {kind}: {text}{hint}")
        self.kind = kind
        self.text = text
        self.ending = ending


class SecondParent:
    """A process with another hash seed, which forks one process a call.

    Forks of the process that has started it may ask too.
    """

    def __init__(self, room: Room) -> None:
        """Start it; it is not waited for.

        Args:
            room: Whose janitor ends it.
        """
        self._room = room
        self._forks = ForkClient(
            "dojo.running.elsewhere.parent",
            launch=functools.partial(launch, env=other_environment()),
        )
        self._process = self._forks.process
        room.adopt(self._process.pid)

    def prepare(self, solution: Path) -> None:
        """Have it import what calls of a solution need; it is not waited for.

        Args:
            solution: A file whose imports tell what that is.
        """
        with contextlib.suppress(LineClosed):  # the first call says so
            self._forks.prepare({"imports": sorted(imports_of(solution))})

    def has_ended(self) -> bool:
        """Say whether it is gone."""
        return self._forks.has_ended()

    def end(self) -> None:
        """End it and all its forks."""
        # Not by hanging up: a fork of this process may have the line, too.
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._room.release(self._process.pid)
        self._forks.hang_up()

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Have a call made; see `call`, and `parent.make_call` for what is returned."""
        line, _ = self._forks.fork({}, timeout_s=_START_TIMEOUT_S)  # it may still be importing
        with contextlib.closing(Connection(line.release())) as connection:
            connection.send_bytes(pickle.dumps(asked))
            if not connection.poll(asked["timeout_s"]):
                raise EOFError
            reply: dict[str, Any] = pickle.loads(connection.recv_bytes())
            return reply


def call(asked: dict[str, Any], second: SecondParent | None) -> Any:
    """Have a call made in another process.

    Args:
        asked: As in `parent.make_call`, and `timeout_s`: what it has.
        second: The second parent; None where there is no fork: the call has a process of its own.

    Returns:
        What the entry point returned.

    Raises:
        RaisedElsewhereError: What it raised; NotImplementedError as such.
        SolutionFault: It came to no end, ended the process, or returned what cannot be sent.
    """
    try:
        reply = second.ask(asked) if second is not None else _run_once(asked)
    except (EOFError, OSError, LineClosed, LineBroken):
        raise SolutionFault(
            f"{asked['name']} ended the other process in which it was called, or came to no end"
            f" within {asked['timeout_s']:g} s.",
            "exit",
        ) from None
    if "pickled" in reply:
        return pickle.loads(reply["pickled"])
    if reply.get("raised") == "NotImplementedError":
        raise NotImplementedError(reply["text"])
    if "raised" in reply:
        raise RaisedElsewhereError(reply["raised"], reply["text"], reply["ending"])
    if "unsendable" in reply:
        raise SolutionFault(
            f"{asked['name']} returned, in another process, {reply['unsendable']}: that cannot be"
            " sent here. Return plain values: text, numbers, lists, dicts, frames.",
            "exception",
        )
    fault = f"In another process: {reply['fault']}"
    raise SolutionFault(fault, reply["cause"], reply["ending"])


def _run_once(asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reply"
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-m", "dojo.running.elsewhere.parent", "--once"],
                input=pickle.dumps({**asked, "reply": str(file)}),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=other_environment(),
                timeout=asked["timeout_s"] + _START_TIMEOUT_S,
                check=False,
            )
        reply: dict[str, Any] = pickle.loads(file.read_bytes())
        return reply


def other_environment() -> dict[str, str]:
    """Return the environment of a process where `hash` gives other numbers and text has no UTF-8.

    It knows the names of files as here, as on Windows; `parent` leaves UTF-8 later.
    """
    return {**os.environ, **STARTED_WITH, "PYTHONHASHSEED": _OTHER_SEED}


def imports_of(solution: Path) -> set[str]:
    """Return the taught libraries that a file imports; none if it cannot be read."""
    names = names_imported_by(solution)
    libraries = {name.split(".", 1)[0] for name in names} & (_TAUGHT | ENGINES.keys())
    known = {**_LAZY, **{name: engine.lazy for name, engine in ENGINES.items()}}
    lazy = {one for library in libraries for one in known.get(library, ())}
    return lazy | {name for name in names if name.split(".", 1)[0] in libraries}


def names_imported_by(file: Path) -> set[str]:
    """Return the modules that a file imports anywhere; none if it cannot be read."""
    try:
        nodes = list(ast.walk(ast.parse(file.read_bytes())))
    except (OSError, SyntaxError, ValueError):
        return set()
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    }
