"""Be one run, a fork: an ordinary pytest session which finds its engines running.

A fork of the warm parent, or of the process that holds a submission in a sandbox.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.ground.run_folder import Room
from dojo.running.elsewhere.client import SecondParent
from dojo.running.entry import RECORDER
from dojo.running.recorder import Recorder
from dojo.running.session import InheritedEngines
from dojo.wire.line import Line

Send = Callable[[dict[str, Any]], None]


def run_pytest(
    root: Path,
    kata: Kata,
    request: dict[str, Any],
    line: Line,
    addresses: dict[str, str],
    engines: set[str],
    second: SecondParent | None = None,
) -> None:
    """Run a kata's tests on a solution; say each test's record, then the verdict or a fault.

    Args:
        root: The checkout that holds the kata.
        kata: The kata.
        request: `solutions`, whose; `options` of pytest; `tests`, the only ones; `first`, the
            number of the task whose tests run before the others', 0 for none; `again`, the names
            of those that run before all.
        line: To who asked; this process's forks, one of which loads the solution, are without.
        addresses: Those of the engines that run, by name; without those that have none.
        engines: The names of the engines that run.
        second: The second parent that runs, if any.
    """
    send = _sender(line)
    room = Room()
    room.furnish()
    log = os.open(room.folder("logs") / "run.log", os.O_CREAT | os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(root)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", NO_COLOR="1")
    found: list[Recorder] = []

    class Stream:
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            if first := request.get("first"):
                again = {name: place for place, name in enumerate(request.get("again", ()))}
                items.sort(
                    key=lambda item: (
                        kata.task_number_of(item.name) != first,
                        again.get(item.name, len(again)),
                    )
                )

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
            plugins=[InheritedEngines(room, addresses, engines, second), Stream()],
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


def _sender(line: Line) -> Send:
    """Return what only this process, and no fork of it, can send with."""
    owner = os.getpid()
    os.register_at_fork(after_in_child=line.close)

    def send(message: dict[str, Any]) -> None:
        if os.getpid() == owner:
            line.send(message)

    return send
