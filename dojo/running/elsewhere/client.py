"""Ask the second parent for a call, and start it when it is asked for the first time."""

from __future__ import annotations

import ast
import contextlib
import os
import pickle
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from dojo.ground.endings import Ending
from dojo.ground.run_folder import Room
from dojo.running.elsewhere.locale import STARTED_WITH
from dojo.running.solution import SolutionFault

ADDRESS_VARIABLE = "DOJO_ELSEWHERE"

# What may be imported before a solution is known: the libraries that the katas teach.
_TAUGHT = {"dagster", "httpx", "mlflow", "numpy", "pandas", "prefect", "requests", "sklearn"}
# What a library imports when it is first used: better once, before the forks.
_LAZY = {
    "prefect": {"prefect.main", "prefect.flow_engine", "prefect.task_engine", "prefect.results"},
    "pandas": {"pandas.io.formats.csvs", "pandas.io.parsers"},
    "mlflow": {"mlflow.sklearn", "mlflow.store.tracking.sqlalchemy_store"},
}
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

    Attributes:
        address: Where to call it, for whoever finds it in ADDRESS_VARIABLE: a name and a key.
    """

    def __init__(self, room: Room, solution: Path) -> None:
        """Start it; it imports what the solution does, and is not waited for.

        Args:
            room: Whose janitor ends it.
            solution: A file whose imports tell what is needed.
        """
        self._room = room
        self.address = f"{secrets.token_hex(16)}:{secrets.token_hex(16)}"
        modules = sorted(imports_of(solution))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dojo.running.elsewhere.parent", self.address, *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=other_environment(),
            start_new_session=True,
        )
        room.adopt(self._process.pid)

    def end(self) -> None:
        """End it and all its forks."""
        # Not by closing its input: a fork of this process may hold that open.
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._room.release(self._process.pid)


def call(asked: dict[str, Any], address: str) -> Any:
    """Have a call made in another process.

    Args:
        asked: As in `parent.make_call`, and `timeout_s`: what it has.
        address: The second parent's; where there is no fork, empty: a process of its own.

    Returns:
        What the entry point returned.

    Raises:
        RaisedElsewhereError: What it raised; NotImplementedError as such.
        SolutionFault: It came to no end, ended the process, or returned what cannot be sent.
    """
    try:
        reply = _ask(asked, address) if address else _run_once(asked)
    except (EOFError, OSError):
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


def _ask(asked: dict[str, Any], address: str) -> dict[str, Any]:
    with contextlib.closing(_connect(address)) as connection:
        connection.send_bytes(pickle.dumps(asked))
        if not connection.poll(asked["timeout_s"]):
            raise EOFError
        reply: dict[str, Any] = pickle.loads(connection.recv_bytes())
        return reply


def _connect(address: str) -> Connection:
    name, _, key = address.partition(":")
    end = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            return Client(socket_of(name), family="AF_UNIX", authkey=bytes.fromhex(key))
        except ConnectionRefusedError:  # it is still importing
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def socket_of(name: str) -> str:
    """Return a socket's address without a file: a path of a room is too long for one."""
    return f"\0dojo-{name}"


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
    try:
        nodes = list(ast.walk(ast.parse(solution.read_bytes())))
    except (OSError, SyntaxError, ValueError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    libraries = {name.split(".", 1)[0] for name in names} & _TAUGHT
    lazy = {one for library in libraries for one in _LAZY.get(library, ())}
    return lazy | {name for name in names if name.split(".", 1)[0] in libraries}
