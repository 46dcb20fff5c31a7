"""Be the warm parent: import and start what a kata needs, then fork one process a run.

Reads requests as lines of JSON from standard input, writes messages as lines of JSON to standard
output, and ends with its input. It has one thread, or its forks would inherit locks that nobody
holds: a selector waits for requests and for what the runs say.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import gc
import importlib
import json
import os
import selectors
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.catalog.solutions import Solutions, SolutionsNotFound
from dojo.engines import ENGINES, for_solution, start
from dojo.engines.templates import EngineError
from dojo.ground.run_folder import Forked, Room
from dojo.running.elsewhere.client import ADDRESS_VARIABLE, SecondParent

_LINE_LIMIT = 32 * 1024 * 1024


class _Run:
    """One forked run: what it has said so far, and whether that includes a verdict."""

    def __init__(self, number: int, process: Forked, reading: int) -> None:
        self.number = number
        self.process = process
        self.reading = reading
        self.buffer = b""
        self.has_verdict = False


class Server:
    """The warm parent."""

    def __init__(self, root: Path, room: Room, output: int) -> None:
        """Enter nothing yet.

        Args:
            root: The checkout.
            room: This process's own.
            output: The file descriptor that messages go to.
        """
        self._root = root
        self._room = room
        self._output = output
        self._katas = load_catalog(root)
        self._engines = contextlib.ExitStack()
        self._names: set[str] = set()
        self._prepared: set[str] = set()
        self._api_url = ""
        self._second_parents: dict[str, SecondParent] = {}
        self._runs: dict[int, _Run] = {}
        self._selector = selectors.DefaultSelector()

    def prepare(self, kata: Kata) -> None:
        """Import what a kata needs and start its engines; what others need is not paid for.

        Raises:
            EngineError: One does not start.
        """
        missing = sorted((set(kata.needs) & ENGINES.keys()) - self._names)
        if kata.id in self._prepared and not missing:
            return
        threads = threading.enumerate()
        for name in sorted(_imports_of(kata)):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        for name in missing:
            address = start(name, self._room, self._say, self._engines)
            self._api_url = address or self._api_url
            self._names.add(name)
            self._learn_lazy_imports(ENGINES[name].rehearse)
            with contextlib.suppress(Exception):
                ENGINES[name].settle(self._room.folder(f"settled-{name}"))
        # One that holds a lock would hold it for ever in a fork. (Those of ended engines idle.)
        assert threading.enumerate() == threads, threading.enumerate()
        self._prepared.add(kata.id)
        gc.collect()
        gc.freeze()

    def serve(self, requests: int) -> None:
        """Fork a run for each request until the requests end."""
        import pytest  # noqa: F401

        import dojo.running.entry  # noqa: F401

        self._send({"ready": True})
        self._selector.register(requests, selectors.EVENT_READ)
        buffer = b""
        while True:
            for key, _ in self._selector.select():
                if key.fd != requests:
                    self._hear(self._runs[key.fd])
                    continue
                data = os.read(requests, 65536)
                if not data:
                    return
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    self._start(json.loads(line))

    def close(self) -> None:
        """End the runs and the engines; what was imported stays."""
        for run in self._runs.values():
            run.process.kill()
        for second in self._second_parents.values():
            second.end()
        self._engines.close()

    def _start(self, request: dict[str, Any]) -> None:
        if not all(ENGINES[name].is_alive() for name in self._names):
            raise SystemExit("an engine is gone")
        kata = find_kata(self._katas, request["kata"])
        self._have_second_parent(kata)  # it imports at the same time
        content = b""
        with contextlib.suppress(SolutionsNotFound):  # the run says so
            content = Solutions(request["solutions"]).content_for(kata)
        try:
            self.prepare(for_solution(kata, content))
        except EngineError as error:
            self._send({"run": request["run"], "engine_fault": str(error)})
            return
        reading, writing = os.pipe()

        def main() -> None:
            os.close(reading)
            send = _sender(writing, request["run"])
            run_pytest(self._root, kata, request, send, self._api_url, self._names)

        process = Forked(main, self._room)
        os.close(writing)
        self._runs[reading] = _Run(request["run"], process, reading)
        self._selector.register(reading, selectors.EVENT_READ)

    def _have_second_parent(self, kata: Kata) -> None:
        """Start the second parent of a kata's runs, if its tests call solutions elsewhere."""
        if kata.id not in self._second_parents and "elsewhere" in kata.test_file.read_text("utf-8"):
            self._second_parents[kata.id] = SecondParent(self._room, kata.reference_file)
        second = self._second_parents.get(kata.id)
        os.environ.pop(ADDRESS_VARIABLE, None)
        if second is not None:
            os.environ[ADDRESS_VARIABLE] = second.address  # this run's fork finds it there

    def _hear(self, run: _Run) -> None:
        """Pass on what a run says; say so when it ended without a verdict."""
        data = os.read(run.reading, 65536)
        *lines, run.buffer = (run.buffer + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                run.has_verdict = run.has_verdict or "verdict" in message
                self._send({**message, "run": run.number})
        if data and len(run.buffer) < _LINE_LIMIT and not run.has_verdict:
            return
        self._selector.unregister(run.reading)
        os.close(run.reading)
        del self._runs[run.reading]
        if run.has_verdict:
            with contextlib.suppress(Exception):
                run.process.wait(timeout=5)
        run.process.kill()
        if not run.has_verdict:
            code = run.process.returncode
            self._send({"run": run.number, "fault": f"the run ended without a verdict ({code})"})

    def _say(self, line: str) -> None:
        self._send({"say": line})

    def _send(self, message: dict[str, Any]) -> None:
        _write(self._output, message)

    def _learn_lazy_imports(self, rehearse: Callable[[Path], None]) -> None:
        """Import what an engine imports lazily in a first run, as a fork that makes one tells."""
        reading, writing = os.pipe()

        def tell() -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what it logs would explain no fault
            before = set(sys.modules)
            with contextlib.suppress(Exception), tempfile.TemporaryDirectory() as folder:
                rehearse(Path(folder))
            _write(writing, {"modules": sorted(set(sys.modules) - before)})

        process = Forked(tell, self._room)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            line = told.readline()
        process.kill()
        for name in json.loads(line)["modules"] if line else []:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _imports_of(kata: Kata) -> set[str]:
    """Return the modules that a kata's reference imports: a solution will import them too."""
    if not kata.reference_file.exists():
        return set()
    nodes = list(ast.walk(ast.parse(kata.reference_file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    }


def run_pytest(
    root: Path,
    kata: Kata,
    request: dict[str, Any],
    send: Callable[[dict[str, Any]], None],
    api_url: str,
    engines: set[str],
) -> None:
    """Be one run: an ordinary pytest session which finds its engines running.

    Args:
        root: The checkout that holds the kata.
        kata: The kata.
        request: `run`, its number; `solutions`, whose; `options` of pytest; `tests`, the only ones.
        send: Is given each test's record, then the verdict or a fault.
        api_url: The running Prefect server.
        engines: The names of the engines that run.
    """
    import pytest

    from dojo.running.entry import RECORDER, InheritedEngines
    from dojo.running.recorder import Recorder

    room = Room()
    room.furnish()
    log = os.open(room.folder("logs") / "run.log", os.O_CREAT | os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(root)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", NO_COLOR="1")
    found: list[Recorder] = []

    class Stream:
        def pytest_sessionstart(self, session: pytest.Session) -> None:
            recorder = session.config.pluginmanager.get_plugin(RECORDER)
            if recorder is not None:
                found.append(recorder)
                recorder.listen(lambda _, test: send({"test": dataclasses.asdict(test)}))

    # What it logs, nobody would see; to listen takes a twentieth of the time.
    arguments = ["-q", "-p", "no:cacheprovider", "-p", "no:logging", f"--rootdir={root}"]
    arguments += [f"--solutions={request['solutions']}", *request["options"]]
    try:
        code = pytest.main(
            [*arguments, "-W", "ignore", *kata.test_ids(request["tests"])],
            plugins=[InheritedEngines(room, api_url, engines), Stream()],
        )
        verdicts = found[0].verdicts() if found else []
        if verdicts:
            send({"verdict": verdicts[0].to_json()})
        else:
            sys.stdout.flush()
            said = (room.folder("logs") / "run.log").read_text(errors="replace").strip()
            send({"fault": f"pytest ended with {int(code)} and no test: {said[-500:]}"})
    finally:
        room.close()


def _sender(output: int, run: int) -> Callable[[dict[str, Any]], None]:
    """Return what only this process, and no fork of it, can send with."""
    owner = os.getpid()

    def send(message: dict[str, Any]) -> None:
        if os.getpid() == owner:
            _write(output, {**message, "run": run})

    return send


def _write(output: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(output, data) :]


def main() -> None:
    """Serve until standard input ends."""
    output = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    requests = os.dup(0)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    room = Room()
    room.furnish()
    for engine in ENGINES.values():
        engine.isolate(room)
    with contextlib.ExitStack() as ends:
        ends.callback(room.close)
        # Killed, it leaves a program of its own group: one that migrates a database, say.
        room.adopt(os.getpid())
        ends.callback(room.release, os.getpid())
        try:
            server = Server(Path(sys.argv[1]), room, output)
            ends.callback(server.close)
            server.serve(requests)
        except (EngineError, CatalogError) as error:
            _write(output, {"fault": str(error)})


if __name__ == "__main__":
    main()
